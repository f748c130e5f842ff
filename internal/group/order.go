package group

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
)

// order says which roles of a selection begin before which.
type order struct {
	roles   []home.Role
	before  map[string][]string // for each role, those of the selection that must be ready first
	outside map[string][]string // for each role, the others that must be
}

// newOrder reads the property after of the roles, and of all that they depend
// on. The error names a cycle, or a role that there is not.
func newOrder(h *home.Home, roles []home.Role) (*order, error) {
	o := &order{roles: roles, before: map[string][]string{}, outside: map[string][]string{}}
	all, err := h.Roles()
	if err != nil {
		return nil, err
	}
	known := map[string]home.Role{}
	for _, role := range all {
		known[role.Name] = role
	}
	selected := map[string]bool{}
	for _, role := range roles {
		known[role.Name], selected[role.Name] = role, true
	}
	after := map[string][]string{}
	for reached := slices.Clone(roles); len(reached) > 0; {
		role := reached[len(reached)-1]
		reached = reached[:len(reached)-1]
		if _, seen := after[role.Name]; seen {
			continue
		}
		if after[role.Name], err = afterOf(role); err != nil {
			return nil, err
		}
		for _, name := range after[role.Name] {
			other, ok := known[name]
			if !ok {
				return nil, fmt.Errorf("role %q begins after %q, which does not exist: add it, or change the property after", role.Name, name)
			}
			reached = append(reached, other)
		}
	}
	if cycle := property.Cycle(after); cycle != nil {
		return nil, &CycleError{cycle}
	}
	for _, role := range roles {
		for _, name := range after[role.Name] {
			list := o.outside
			if selected[name] {
				list = o.before
			}
			list[role.Name] = append(list[role.Name], name)
		}
	}
	return o, nil
}

// afterOf returns the roles that must be ready before a role.
func afterOf(role home.Role) ([]string, error) {
	if role.Properties["after"] == nil {
		return nil, nil // of most roles; their other properties need not be read here
	}
	set, err := property.Of(role)
	if err != nil {
		return nil, err
	}
	return set.After(), nil
}

// backwards returns the order for stopping: for each role, those of the
// selection that must be gone first.
func (o *order) backwards() map[string][]string {
	reverse := map[string][]string{}
	for _, role := range o.roles {
		for _, name := range o.before[role.Name] {
			reverse[name] = append(reverse[name], role.Name)
		}
	}
	return reverse
}

// CycleError says that roles wait for each other, so that none can be the
// first.
type CycleError struct {
	Roles []string // each is after the next; the last is the first again
}

func (e *CycleError) Error() string {
	return fmt.Sprintf("roles wait for each other - %s: change the property after of one", strings.Join(e.Roles, " after "))
}
