package schedule

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/engine"
	"github.com/ansar-go/ansar/internal/schedule/fingerprint"
	"github.com/ansar-go/ansar/internal/schedule/formats"
	"github.com/ansar-go/ansar/internal/schedule/journal"
	"github.com/ansar-go/ansar/internal/schedule/process"
	"github.com/ansar-go/ansar/internal/schedule/replay"
)

// Rerun says which jobs of a run that follows another one are run again.
type Rerun = engine.Rerun

// What may be run again. Jobs that are needed for it are run, too, if they must.
const (
	RerunAll       = engine.All
	RerunFailed    = engine.Failed    // what ran and was not fine, and what that blocked
	RerunNotPassed = engine.NotPassed // what was not fine, or not run
	RerunChanged   = engine.Changed   // what did not pass, or has another fingerprint
)

// run is one run of a plan: what its scheduler, its attempts and its reports share.
type run struct {
	id      string
	plan    *schedulepb.Plan // complete; not changed
	options *Options
	slots   int
	folder  string // absolute
	began   time.Time
	env     []string // of this process, for everything that is started
	store   fingerprint.Store
	janitor *janitor
	porter  *porter
	spares  *spares
	pipes   *process.Pipes

	journal *journal.Writer // the scheduler's own, as is what follows
	log     *os.File
	replay  *replay.Replay
	failure error // of the machinery; the first one
}

// Run does what the plan says and gives the report. It blocks until all has ended
// and the reports are in the folder of the run. Jobs that are not fine are no error:
// the report's exit status tells, 0 if all are fine.
//
// With an object's context the scheduler is a child of that object. When ctx ends,
// the run is interrupted: nothing more is started, what runs is told to stop within
// its grace, and Run returns as usual. [Control.Kill] hastens that. A ctx that has ended
// already starts nothing: all jobs are not-run. A nil ctx panics.
//
// The error is a *[RefusedError] for a plan that cannot work, with no report and
// nothing created. Another error comes with a report if there is one, whose exit status
// is 3: the journal or a report could not be written, for example.
//
// Run may be called from any goroutine, and for several plans at a time. What a run
// has started ends with this program, also by SIGKILL: on Linux a second process of
// it, called ansar-guard, sees to that for commands; calls end by themselves.
func Run(ctx context.Context, plan *schedulepb.Plan, options *Options) (*schedulepb.Report, error) {
	if ctx == nil {
		panic("schedule: Run with a nil context: give context.Background()")
	}
	options, err := options.completed()
	if err != nil {
		return nil, err
	}
	r, err := prepare(plan, options)
	if err != nil {
		return nil, err
	}
	if err := r.createFolder(); err != nil {
		return nil, errors.Join(err, r.close())
	}
	if r.log, err = os.OpenFile(filepath.Join(r.folder, runLog), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o666); err != nil {
		return nil, errors.Join(fmt.Errorf("create the log of the run: %w", err), r.close())
	}
	err = r.schedule(ctx)
	return r.finish(err)
}

// prepare checks the plan, and creates nothing.
func prepare(plan *schedulepb.Plan, options *Options) (*run, error) {
	now := time.Now()
	r := &run{id: newID(now), options: options, began: now, env: environ(), replay: replay.New()}
	r.slots = cmp.Or(max(options.Slots, 0), int(plan.GetLimits().GetSlots()), runtime.NumCPU())
	options.Previous = previous(options.Previous)
	complete, problems := checked(plan, options, r.slots)
	if len(problems) > 0 {
		return nil, &RefusedError{Problems: problems}
	}
	r.plan = complete
	folder := cmp.Or(options.Folder, runFolder(options.Dir, r.plan, r.id))
	var err error
	if r.folder, err = absolute(folder); err != nil {
		return nil, err
	}
	r.store = fingerprint.Store{Folder: filepath.Join(filepath.Dir(r.folder), "fingerprints")}
	return r, nil
}

// previous is the report of an earlier run in which values are named so that this
// run finds them.
func previous(report *schedulepb.Report) *schedulepb.Report {
	if report == nil {
		return nil
	}
	report = proto.CloneOf(report)
	for _, j := range report.GetJobs() {
		if file := j.GetValue().GetFile(); file != "" && !filepath.IsAbs(file) {
			j.Value.File = filepath.Join(report.GetFolder(), file)
		}
	}
	return report
}

// schedule runs the scheduler and waits for it.
func (r *run) schedule(ctx context.Context) error {
	s := newScheduler(r)
	r.janitor = newJanitor()
	r.spares = newSpares(r.folder, 4*r.slots) // an attempt has two, and as many are made ahead
	r.pipes = process.NewPipes(r.spares.folder, 2*r.slots)
	r.porter = newPorter(r.folder, r.slots, r.plan.GetJobs(), r.spares)
	begun, stopped := make(chan struct{}), make(chan struct{})
	s.ended = func() error { return context.Cause(ctx) }
	s.began = func(pid *actor.PID) {
		s.control.bind(pid)
		if c := r.options.Control; c != nil {
			c.bind(pid)
		}
		close(begun)
	}
	var asking sync.WaitGroup
	asking.Go(func() { // ends with the run
		select {
		case <-ctx.Done():
		case <-stopped:
			return
		}
		select {
		case <-begun:
			if s.never == "" {
				_ = s.control.Interrupt(context.Cause(ctx).Error()) // or it has ended already
			}
		case <-stopped:
		}
	})
	err := runObject(context.WithoutCancel(ctx), s.live)
	<-s.over
	close(stopped)
	r.janitor.end()
	r.porter.end()
	r.spares.end()
	if c := r.options.Control; c != nil {
		c.bind(nil)
	}
	asking.Wait()
	return err
}

// finish writes the reports, whatever has happened, and gives the report.
func (r *run) finish(err error) (*schedulepb.Report, error) {
	failure := cmp.Or(r.failure, err)
	report := r.replay.Report()
	if failure != nil {
		replay.Settle(report, false)
		report.ExitStatus, report.Why = 3, failure.Error()
	}
	failure = errors.Join(failure, r.close())
	if err := formats.WriteAll(r.folder, report); err != nil {
		report.ExitStatus, report.Why = 3, cmp.Or(report.Why, err.Error())
		failure = errors.Join(failure, err)
	}
	return report, failure
}

// close closes what is open.
func (r *run) close() error {
	var errs []error
	if r.journal != nil {
		errs = append(errs, r.journal.Close())
	}
	if r.log != nil {
		errs = append(errs, r.log.Close())
	}
	return errors.Join(errs...)
}
