package group

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
)

// keeperLock is the name of the lock of the keeper of a role.
func keeperLock(role string) string { return role + ".keeper" }

// Member is a role that is running, and its processes.
type Member struct {
	Role string

	// Holder has the lock of the role: the component itself, or the runner of a
	// plain program. Nil if only the keeper is there, between two runs.
	Holder *home.Holder

	// Keeper starts a component again. Nil if there is none.
	Keeper *home.Holder

	// Plain says that Holder is the runner of a program that is no component, and
	// Program is its process, 0 between two runs.
	Plain   bool
	Program int
}

// PID is the process that the role is known by: the component, the plain program
// or, between two runs, who starts it again.
func (m Member) PID() int { return cmp.Or(m.Program, m.known().PID) }

func (m Member) known() *home.Holder { return cmp.Or(m.Holder, m.Keeper) }

// leader is the process that is told to stop the role, because the others
// follow it.
func (m Member) leader() *home.Holder { return cmp.Or(m.Keeper, m.Holder) }

// runs reports whether the leader is a runner of ours and not the component.
func (m Member) runs() bool { return m.Plain || m.Keeper != nil }

// holders are the processes that are there, the leader first.
func (m Member) holders() []*home.Holder {
	return slices.DeleteFunc([]*home.Holder{m.Keeper, m.Holder}, func(p *home.Holder) bool { return p == nil })
}

// Running returns those of the roles that are running, in the order given. It
// takes no lock and does not block.
func Running(h *home.Home, roles []home.Role) ([]Member, error) {
	var running []Member
	for _, role := range roles {
		m, err := member(h, role)
		if err != nil {
			return nil, err
		}
		if m != nil {
			running = append(running, *m)
		}
	}
	return running, nil
}

// member looks at one role. It is nil if the role is not running.
func member(h *home.Home, role home.Role) (*Member, error) {
	m := &Member{Role: role.Name, Plain: property.Plain(role)}
	var err error
	// The keeper first: one that is gone by the time the other is asked for has
	// nothing left to start.
	if m.Keeper, err = h.Holder(keeperLock(role.Name)); err != nil {
		return nil, err
	}
	if m.Holder, err = h.Holder(role.Name); err != nil {
		return nil, err
	}
	if m.Holder == nil && m.Keeper == nil {
		return nil, nil
	}
	if m.Plain {
		if last, err := history.Of(h, role.Name).Last(); err == nil && last != nil && last.Open() {
			m.Program = last.PID
		}
	}
	return m, nil
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
		ids = append(ids, m.PID())
	}
	slices.Sort(ids)
	texts := make([]string, 0, len(ids))
	for _, id := range ids {
		texts = append(texts, strconv.Itoa(id))
	}
	return texts
}

// IdleError says that roles are not running which must be.
type IdleError struct {
	Search string
	Roles  []string
}

// Error returns one line that names the roles.
func (e *IdleError) Error() string {
	return fmt.Sprintf("\"%s\" not currently running - %s", e.Search, strings.Join(e.Roles, ", "))
}

// Idle returns the names of the roles that are not among the members.
func Idle(roles []home.Role, members []Member) []string {
	running := map[string]bool{}
	for _, m := range members {
		running[m.Role] = true
	}
	var idle []string
	for _, role := range roles {
		if !running[role.Name] {
			idle = append(idle, role.Name)
		}
	}
	return idle
}
