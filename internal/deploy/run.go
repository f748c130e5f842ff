package deploy

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ansar-go/ansar/internal/home"
)

// Member is a role that runs.
type Member struct {
	Role string   `json:"role"`
	Args []string `json:"args,omitempty"` // settings for that run alone
	PID  int      `json:"-"`
}

// Group stops and starts roles.
type Group interface {
	// Reserve keeps other commands from changing the state of roles, until
	// release is called.
	Reserve(ctx context.Context, roles []string) (release func(), err error)

	// Running returns those of the roles that run, in order.
	Running(roles []string) ([]Member, error)

	// Stop stops those of the roles that run, and returns them, also after an
	// error.
	Stop(ctx context.Context, roles []string) ([]Member, error)

	// Start starts roles and waits until each is ready or has failed. It returns
	// why, for those that have.
	Start(ctx context.Context, members []Member) map[string]error
}

// RunningError says that roles run which a deployment would have to stop.
type RunningError struct{ Members []Member }

// Error returns one line that names the roles and their processes.
func (e *RunningError) Error() string {
	var roles, pids []string
	for _, m := range e.Members {
		roles, pids = append(roles, m.Role), append(pids, fmt.Sprint(m.PID))
	}
	return fmt.Sprintf("\"%s\" currently running as - %s (--force stops them, and starts them again)",
		strings.Join(roles, ", "), strings.Join(pids, ", "))
}

// RestoreError says which roles are not what they were: they were stopped, and
// did not start again.
type RestoreError struct{ Failed map[string]error }

// Error returns one line that names the roles and the reasons.
func (e *RestoreError) Error() string {
	return "not running again - " + reasons(e.Failed)
}

// RevertedError says that the update of roles was taken back.
type RevertedError struct {
	Failed map[string]error // why they were not ready after the update
	Roles  []string         // whose files were put back
}

// Error returns one line that names the roles and the reasons.
func (e *RevertedError) Error() string {
	return fmt.Sprintf("not ready after the update, which is taken back for %s - %s", strings.Join(e.Roles, ", "), reasons(e.Failed))
}

// reasons returns the errors of roles in one line.
func reasons(failed map[string]error) string {
	var texts []string
	for role, err := range failed {
		texts = append(texts, fmt.Sprintf("%s (%v)", role, err))
	}
	slices.Sort(texts)
	return strings.Join(texts, ", ")
}

// Drawer finds what is to be done. There are [NewDeploy] and [NewSnapshot].
type Drawer interface {
	// Draw finds what would change now. It reads, and changes nothing.
	Draw(ctx context.Context) (*Plan, error)

	// theHome returns the home in question.
	theHome() *home.Home

	// places returns the folders that others must not work in meanwhile, and
	// those in which a kill can have left something.
	places() (locked, littered []string)

	// nothing is what is said if there is nothing to be done.
	nothing() string
}

// Deployment is one deployment, or one snapshot.
type Deployment struct {
	Drawer Drawer
	Group  Group

	// Force has running roles stopped that something changes for, and started
	// again.
	Force bool

	// KeepFailed leaves an update in place with which a role does not become
	// ready.
	KeepFailed bool

	// Log is told each step. If nil, nobody is.
	Log func(format string, args ...any)

	// Warn is told what is not deployed, and why. If nil, nobody is.
	Warn func(text string)

	// Begin is told how much will be copied, before it is, and returns what is
	// told the progress, by several goroutines, and the end. If nil, nobody is.
	Begin func(bytes int64) (copied func(int64), done func())
}

func (d *Deployment) log(format string, args ...any) {
	if d.Log != nil {
		d.Log(format, args...)
	}
}

// Run deploys, and returns what was deployed: an empty plan if there was
// nothing. It returns when the roles that it stopped are ready again.
//
// After an error before the first file took its place nothing is changed. The
// roles that were stopped are started again in any case, also after ctx has
// ended, whose error is then returned.
//
// Errors to match: *[RunningError] without Force; *[RevertedError], if a role was
// not ready afterwards; *[RestoreError], if one does not run any more.
func (d *Deployment) Run(ctx context.Context) (*Plan, error) {
	locked, littered := d.Drawer.places()
	lock, err := lockFolders(ctx, lockWait, locked...)
	if err != nil {
		return nil, err
	}
	defer lock.release()
	if err := clearFolders(littered...); err != nil {
		return nil, err
	}
	interrupted, err := readJournal(d.Drawer.theHome())
	if err != nil {
		return nil, err
	}
	plan, err := d.Drawer.Draw(ctx)
	if err != nil {
		return nil, err
	}
	d.tell(plan)
	if plan.Empty() && len(interrupted) == 0 {
		if len(plan.Parts) > 0 { // with something left to clear
			return plan, d.clear(ctx, plan)
		}
		d.log("%s", d.Drawer.nothing())
		return plan, nil
	}
	plan, release, err := d.reserve(ctx, plan, interrupted)
	if err != nil {
		return nil, err
	}
	defer release()
	return plan, d.perform(ctx, plan, interrupted)
}

func (d *Deployment) tell(plan *Plan) {
	for _, warning := range plan.Warnings {
		if d.Warn != nil {
			d.Warn(warning)
		}
	}
	for _, line := range plan.Found {
		d.log("%s", line)
	}
}

// clear removes left-overs where nothing else is to be done.
func (d *Deployment) clear(ctx context.Context, plan *Plan) error {
	d.log("%s", d.Drawer.nothing())
	kept, err := plan.Transfer(ctx, d.Drawer.theHome(), nil)
	if err != nil {
		return err
	}
	return kept.Done()
}

// reserve reserves the roles that the plan touches. What changed during the wait
// counts, so the plan is made anew, until it touches none but those reserved.
func (d *Deployment) reserve(ctx context.Context, plan *Plan, also []Member) (*Plan, func(), error) {
	for {
		roles := plan.Touched()
		for _, m := range also {
			roles = append(roles, m.Role)
		}
		slices.Sort(roles)
		roles = slices.Compact(roles)
		if len(roles) == 0 {
			return plan, func() {}, nil
		}
		d.log("Detect status of associated roles (%s)", strings.Join(roles, ", "))
		release, err := d.Group.Reserve(ctx, roles)
		if err != nil {
			return nil, nil, err
		}
		again, err := d.Drawer.Draw(ctx)
		if err != nil {
			release()
			return nil, nil, err
		}
		if !slices.ContainsFunc(again.Touched(), func(r string) bool { return !slices.Contains(roles, r) }) {
			return again, release, nil
		}
		release()
		plan = again
	}
}

// perform stops, transfers, and starts again.
func (d *Deployment) perform(ctx context.Context, plan *Plan, interrupted []Member) error {
	touched := plan.Touched()
	running, err := d.Group.Running(touched)
	if err != nil {
		return err
	}
	if len(running) > 0 && !d.Force {
		return &RunningError{running}
	}
	a := &attempt{Deployment: d, plan: plan, stopped: interrupted}
	err = a.transfer(ctx, running)
	restored, failed := a.restore(ctx)
	if err != nil && len(restored) > 0 {
		err = &AbortedError{err, restored}
	}
	return joined(err, failed)
}
