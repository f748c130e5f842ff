package group

import (
	"fmt"

	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
)

// CheckOrder reports why roles could not be started in the order of their property
// after: a cycle, a *[CycleError], or a role that there is not, or that must be
// running and is not.
func CheckOrder(h *home.Home, roles []home.Role) error {
	order, err := newOrder(h, roles)
	if err != nil {
		return err
	}
	return order.checkOutside(h)
}

// checkOutside sees to it that what the selection comes after, and does not
// start itself, is there: it runs, or has come to a good end.
func (o *order) checkOutside(h *home.Home) error {
	checked := map[string]bool{}
	for _, role := range o.roles {
		for _, name := range o.outside[role.Name] {
			if checked[name] {
				continue
			}
			checked[name] = true
			holder, err := h.Holder(name)
			if err != nil {
				return err
			}
			if holder != nil {
				continue
			}
			last, err := history.Of(h, name).Last()
			if err != nil {
				return err
			}
			if !wellEnded(last) {
				return fmt.Errorf("role %q comes after %q, which does not run: start both, or that one first", role.Name, name)
			}
		}
	}
	return nil
}

// wellEnded reports whether a run came to an end by itself that is no failure:
// it has done what others come after it for.
func wellEnded(r *history.Run) bool {
	if r == nil || r.End == nil || r.End.Fault || len(r.Stops) > 0 {
		return false
	}
	return r.End.How == history.Returned || r.End.How == history.Exited && r.End.ExitStatus != nil && *r.End.ExitStatus == 0
}
