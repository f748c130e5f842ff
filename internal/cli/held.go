package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ansar-go/ansar/internal/group"
	"github.com/ansar-go/ansar/internal/home"
)

// held are the roles that a command has for itself: no other command changes
// them until release.
type held struct {
	e           *env
	home        *home.Home
	given       *given
	roles       []home.Role
	reservation *home.Reservation
	cleared     *group.Cleared // what was stopped
}

// hold reserves the roles that were found. They are searched for again then: what
// was seen before may have changed during the wait.
func (e *env) hold(h *home.Home, g *given, roles []home.Role) (*held, error) {
	for {
		r, err := h.Reserve(e.ctx, e.command, roleNames(roles)...)
		if err != nil && !errors.Is(err, home.ErrNoRole) {
			return nil, err
		}
		again, err := h.Search(g.search())
		if err != nil {
			r.Release()
			return nil, err
		}
		if r != nil && slices.EqualFunc(roles, again, func(a, b home.Role) bool { return a.Name == b.Name }) {
			return &held{e: e, home: h, given: g, roles: again, reservation: r, cleared: &group.Cleared{}}, nil
		}
		r.Release()
		roles = again
	}
}

// by is what this command is called in histories.
func (e *env) by() string { return "ansar " + e.command }

// clear sees to it that none of the roles is running, as --force says.
func (s *held) clear(grace time.Duration) error {
	return s.stop(s.e.force, grace)
}

func (s *held) stop(force bool, grace time.Duration) (err error) {
	s.cleared, err = group.Clear(s.e.ctx, s.home, s.given.search().String(), s.roles, force, &group.StopOptions{
		Grace: grace, By: s.e.by(),
	})
	s.e.tellHard(s.cleared.Hard)
	return err
}

func (e *env) tellHard(hard []group.Hard) {
	for _, r := range hard {
		fmt.Fprintf(e.stderr, "ansar: %v\n", r)
	}
}

// resume starts what clear has stopped, interrupted or not. Its error is about
// roles that do not start again.
func (s *held) resume() error {
	running, err := group.Running(s.home, s.cleared.Stopped)
	if err != nil {
		return err
	}
	idle := group.Idle(s.cleared.Stopped, running)
	roles := slices.DeleteFunc(slices.Clone(s.cleared.Stopped), func(r home.Role) bool { return !slices.Contains(idle, r.Name) })
	if len(roles) == 0 {
		return nil
	}
	if err := s.again(roles); err != nil {
		return err
	}
	s.e.console("Restoring %d stopped roles", len(roles))
	begun, err := group.Start(context.WithoutCancel(s.e.ctx), s.home, s.current(roles), &group.StartOptions{
		RoleArgs: s.cleared.Args, By: s.e.by(), Restore: true, Reservation: s.reservation,
	})
	if err != nil {
		return err
	}
	return s.e.tellBegun(begun)
}

// again reserves roles that were given back already.
func (s *held) again(roles []home.Role) error {
	if s.reservation.Has(roleNames(roles)...) {
		return nil
	}
	s.reservation.Release()
	r, err := s.home.Reserve(context.WithoutCancel(s.e.ctx), s.e.command, roleNames(roles)...)
	s.reservation = r
	return err
}

// tellForsaken names the roles that were stopped and are not started again.
func (s *held) tellForsaken() {
	if names := roleNames(s.cleared.Stopped); len(names) > 0 {
		fmt.Fprintf(s.e.stderr, "ansar: not started again - %s\n", strings.Join(names, ", "))
	}
}

// current returns the roles as they are now: their properties may have changed.
func (s *held) current(roles []home.Role) []home.Role {
	now := make([]home.Role, 0, len(roles))
	for _, role := range roles {
		if fresh, err := s.home.Role(role.Name); err == nil {
			now = append(now, fresh)
		}
	}
	return now
}

// release gives the roles back.
func (s *held) release() { s.reservation.Release() }

// exclusively performs a change of roles that none of them may run for. With
// --force those that run are stopped for it, and started again afterwards, also
// if it fails.
func (e *env) exclusively(h *home.Home, g *given, roles []home.Role, grace time.Duration, change func(*held) error) error {
	s, err := e.hold(h, g, roles)
	if err != nil {
		return err
	}
	defer s.release()
	return s.without(grace, func() error { return change(s) })
}

// without performs a change while none of the roles runs.
func (s *held) without(grace time.Duration, change func() error) error {
	err := s.clear(grace)
	if err == nil {
		err = change()
	}
	return s.restore(err)
}

// restore is resume after something that had an error, or none: that comes first.
func (s *held) restore(err error) error {
	restored := s.resume()
	if err == nil {
		return restored
	}
	if said := new(silent); restored != nil && !errors.As(restored, &said) {
		fmt.Fprintf(s.e.stderr, "ansar: cannot start again what was stopped, %v\n", restored)
	}
	return err
}

// tellBegun prints what did not start, and returns the exit status for it.
func (e *env) tellBegun(begun []group.Begun) error {
	bad := slices.DeleteFunc(slices.Clone(begun), func(b group.Begun) bool { return b.Err == nil })
	if len(bad) == 0 {
		return nil
	}
	for _, b := range bad {
		fmt.Fprintf(e.stderr, "ansar: command %q failed, %v\n", e.command, b.Err)
		if failed := new(group.StartError); errors.As(b.Err, &failed) && len(failed.Lines) > 0 {
			fmt.Fprintf(e.stderr, "    %s\n", strings.Join(failed.Lines, "\n    "))
		}
	}
	return &silent{statusFailed}
}
