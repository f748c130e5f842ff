package group

import (
	"context"

	"github.com/ansar-go/ansar/internal/home"
)

// Cleared is what [Clear] did.
type Cleared struct {
	// Stopped are the roles that were running, as [Start] takes them to start
	// them again. They are in it even if something went wrong after that.
	Stopped []home.Role

	// Args are the settings for one run that each of them was started with.
	Args map[string][]string

	// Hard are those that took more than to be told.
	Hard []Hard
}

// Clear sees to it that none of the roles runs: it is an error, a
// *[RunningError], if one does, unless force is set: then they are stopped as by
// [Stop]. search is how they were searched for. The caller has reserved the
// roles.
func Clear(ctx context.Context, h *home.Home, search string, roles []home.Role, force bool, o *StopOptions) (*Cleared, error) {
	c := &Cleared{Args: map[string][]string{}}
	members, err := Running(h, roles)
	if err != nil || len(members) == 0 {
		return c, err
	}
	if !force {
		return c, &RunningError{search, members}
	}
	running := map[string]bool{}
	for _, m := range members {
		running[m.Role] = true
		if args := m.args(); len(args) > 0 {
			c.Args[m.Role] = args
		}
	}
	for _, role := range roles {
		if running[role.Name] {
			c.Stopped = append(c.Stopped, role)
		}
	}
	if c.Hard, err = Stop(ctx, h, roles, members, o); err != nil {
		return c, err
	}
	members, err = Running(h, roles)
	if err == nil && len(members) > 0 {
		err = &RunningError{search, members} // started by hand meanwhile
	}
	return c, err
}
