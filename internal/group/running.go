package group

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ansar-go/ansar/internal/home"
)

// Member is a role that is running, and its process.
type Member struct {
	Role   string
	Holder *home.Holder
}

// Running returns those of the roles that are running, in the order given. It
// takes no lock and does not block.
func Running(h *home.Home, roles []home.Role) ([]Member, error) {
	var running []Member
	for _, role := range roles {
		holder, err := h.Holder(role.Name)
		if err != nil {
			return nil, err
		}
		if holder != nil {
			running = append(running, Member{role.Name, holder})
		}
	}
	return running, nil
}

// RunningError says that roles are running which must not be.
type RunningError struct {
	Search  string // the roles as they were searched for
	Members []Member
}

// Error returns one line that names the process ids.
func (e *RunningError) Error() string {
	return fmt.Sprintf("\"%s\" currently running as - %s", e.Search, strings.Join(pids(e.Members), ", "))
}

func pids(members []Member) []string {
	ids := make([]int, 0, len(members))
	for _, m := range members {
		ids = append(ids, m.Holder.PID)
	}
	slices.Sort(ids)
	texts := make([]string, 0, len(ids))
	for _, id := range ids {
		texts = append(texts, strconv.Itoa(id))
	}
	return texts
}
