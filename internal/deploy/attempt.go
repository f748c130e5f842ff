package deploy

import (
	"context"
	"slices"
	"strings"
)

// attempt is a deployment that has begun to change something.
type attempt struct {
	*Deployment
	plan    *Plan
	stopped []Member // that are to run again
	kept    *Kept    // what was replaced; nil: nothing
}

// transfer stops the roles that run and does what the plan says.
func (a *attempt) transfer(ctx context.Context, running []Member) error {
	if len(running) > 0 {
		if err := a.stop(ctx, running); err != nil {
			return err
		}
	}
	if a.plan.Empty() {
		return nil
	}
	a.log("Starting transfer of materials")
	o := &TransferOptions{Log: a.log}
	if a.Begin != nil {
		copied, done := a.Begin(a.plan.Bytes())
		defer done()
		o.Copied = copied
	}
	var err error
	a.kept, err = a.plan.Transfer(ctx, a.Drawer.theHome(), o)
	return err
}

// stop stops roles, and notes them first: should this deployment be killed, the
// next one starts them again.
func (a *attempt) stop(ctx context.Context, running []Member) error {
	names := rolesOf(running)
	a.log("Stop roles (%s)", strings.Join(names, ", "))
	if err := writeJournal(a.Drawer.theHome(), union(a.stopped, running)); err != nil {
		return err
	}
	a.log("Wait for termination")
	stopped, err := a.Group.Stop(ctx, names)
	a.stopped = union(a.stopped, stopped)
	return joined(err, writeJournal(a.Drawer.theHome(), a.stopped))
}

// restore starts again what was stopped, and takes back what did not work. It
// returns the roles that run again as they should.
func (a *attempt) restore(ctx context.Context) ([]string, error) {
	ctx = context.WithoutCancel(ctx) // an interrupt leaves no role behind
	var failed map[string]error
	idle := a.idle()
	if len(idle) > 0 {
		a.log("Restoring %d stopped roles", len(idle))
		failed = a.Group.Start(ctx, idle)
	}
	var err error
	if len(failed) > 0 {
		err = a.revert(ctx, failed)
	}
	if a.kept != nil {
		err = joined(err, a.kept.Done())
	}
	restored := slices.DeleteFunc(rolesOf(idle), func(role string) bool { return failed[role] != nil })
	return restored, joined(err, removeJournal(a.Drawer.theHome()))
}

// idle returns those of the stopped roles that do not run and still exist: one
// that would not stop, or that somebody has started, goes on.
func (a *attempt) idle() []Member {
	running, err := a.Group.Running(rolesOf(a.stopped))
	if err != nil {
		running = nil // starting them tells what is wrong
	}
	return slices.DeleteFunc(slices.Clone(a.stopped), func(m Member) bool {
		return slices.Contains(rolesOf(running), m.Role)
	})
}

// revert puts roles back to what they were with their files, and those that
// share an executable with them.
func (a *attempt) revert(ctx context.Context, failed map[string]error) error {
	var updated []string
	for _, role := range a.plan.Touched() {
		if failed[role] != nil {
			updated = append(updated, role)
		}
	}
	if a.KeepFailed || a.kept == nil || len(updated) == 0 {
		return &RestoreError{failed}
	}
	roles := a.plan.Companions(updated...)
	a.log("Reverting %s", strings.Join(roles, ", "))
	again, err := a.Group.Stop(ctx, roles)
	if err != nil {
		return joined(&RestoreError{failed}, err)
	}
	again = union(again, slices.DeleteFunc(slices.Clone(a.stopped), func(m Member) bool { return failed[m.Role] == nil }))
	err = a.kept.Revert(roles...)
	if err == nil {
		err = &RevertedError{failed, roles}
	}
	if still := a.Group.Start(ctx, again); len(still) > 0 {
		err = joined(err, &RestoreError{still})
	}
	return err
}

func rolesOf(members []Member) []string {
	names := make([]string, 0, len(members))
	for _, m := range members {
		names = append(names, m.Role)
	}
	return names
}

// union returns members without doubles, the later ones in place of earlier ones.
func union(a, b []Member) []Member {
	names := rolesOf(b)
	return append(slices.DeleteFunc(slices.Clone(a), func(m Member) bool { return slices.Contains(names, m.Role) }), b...)
}
