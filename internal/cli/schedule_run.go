package cli

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/live"
	"github.com/ansar-go/ansar/internal/schedule/planfile"
	"github.com/ansar-go/ansar/lifecycle"
)

// scheduleRun is one run of a plan by the command.
type scheduleRun struct {
	*scheduled
	env       *env
	flags     *scheduleRunFlags
	plan      *schedulepb.Plan // what is left of that in the file
	slots     int
	previous  *schedulepb.Report
	control   schedule.Control
	ctx       context.Context // of the run: its end interrupts it
	interrupt context.CancelCauseFunc
	view      *live.View // nil: nothing is shown
	unread    atomic.Pointer[error]

	report *schedulepb.Report
	err    error
}

// do runs the plan and prints what became of it.
func (r *scheduleRun) do() error {
	host, err := actor.NewHost()
	if err != nil {
		return &failure{err}
	}
	host.Locate(r.callees.locate)
	r.view = r.env.view(&r.flags.show, r.previous)
	options := r.flags.options(r)
	if r.flags.folder != "" {
		options.Folder = filepath.Join(r.flags.folder, planName(r.file), newRunName())
	}
	r.ctx, r.interrupt = context.WithCancelCause(context.Background())
	defer r.interrupt(nil)
	signals := r.env.heedSignals()
	done := make(chan struct{})
	var heeding sync.WaitGroup
	heeding.Go(func() { r.heed(signals, done) })
	object := actor.Define("schedule", func(self *actor.Context, _, _ *lifecycle.None) (*lifecycle.Ack, error) {
		r.report, r.err = schedule.Run(within{r.ctx, self}, r.plan, options)
		return &lifecycle.Ack{}, nil
	})
	host.Finish(host.Run(object, nil, nil, nil))
	close(done)
	heeding.Wait()
	if r.view != nil {
		r.view.Close()
	}
	return r.end()
}

// event shows an event of the run.
func (r *scheduleRun) event(e *schedulepb.Event) {
	if r.view != nil {
		r.view.Event(e)
	}
	if r.flags.show.format == "events" {
		if err := r.env.printEvent(e); err != nil && r.unread.CompareAndSwap(nil, &err) {
			r.interrupt(errors.New("nobody reads its events"))
		}
	}
}

// heed interrupts the run at the first signal, kills what is left at the second, and
// leaves it at the third.
func (r *scheduleRun) heed(signals <-chan os.Signal, done <-chan struct{}) {
	for count := 1; ; count++ {
		select {
		case <-done:
			return
		case signal := <-signals:
			if signal == syscall.SIGHUP && count > 1 { // a terminal that is closed says so more than once
				count--
				continue
			}
			switch count {
			case 1:
				r.interrupt(errors.New(signalName(signal)))
			case 2:
				go func() { _ = r.control.Kill(signalName(signal)) }() // it waits for the scheduler, and the next signal must not
			default:
				r.leave()
			}
		}
	}
}

// leave ends the program, whatever it has left to do.
func (r *scheduleRun) leave() {
	if r.view != nil {
		r.view.Close()
	}
	os.Exit(statusInterrupted)
}

// end prints what became of the run. Its error is the exit status.
func (r *scheduleRun) end() error {
	e := r.env
	var refused *schedule.RefusedError
	switch {
	case errors.As(r.err, &refused):
		var lines []string
		for _, p := range refused.Problems {
			lines = append(lines, p.Path+": "+p.Text)
		}
		return e.refuse(r.file.Path, lines)
	case r.report == nil && r.err != nil:
		return e.status(statusMachinery, r.err)
	case r.report == nil:
		return &silent{statusInterrupted} // it was over before it began
	}
	var failed error
	if unread := r.unread.Load(); unread != nil {
		failed = *unread
	} else {
		failed = e.printResult(&r.flags.show, r.report)
	}
	if r.flags.show.junit != "" {
		failed = errors.Join(failed, writeRunJUnit(r.flags.show.junit, r.report))
	}
	if !r.flags.show.quiet && r.flags.show.format != "table" { // which says it itself
		fmt.Fprintf(e.stderr, "ansar: the run is in %s\n", relative(r.report.GetFolder()))
	}
	switch {
	case r.err != nil:
		return e.status(statusMachinery, r.err)
	case failed != nil:
		return e.status(statusMachinery, failed)
	case r.report.GetExitStatus() != 0:
		return &silent{int(r.report.GetExitStatus())}
	}
	return nil
}

// status prints the error, and has the command end with the exit status.
func (e *env) status(status int, err error) error {
	text, _ := explain(e.command, &failure{err})
	fmt.Fprintf(e.stderr, "ansar: %s\n", text)
	return &silent{status}
}

// slots is --jobs, 0 if the plan or the machine says how many.
func (f *scheduleRunFlags) slots() (int, error) {
	switch f.jobs {
	case "":
		return 0, nil
	case "0", "cores":
		return cores(), nil
	case "cores-1":
		return max(cores()-1, 1), nil
	}
	n, err := strconv.Atoi(f.jobs)
	if err != nil || n < 0 || n > 100_000 {
		return 0, usagef("--jobs: %q is no number of slots: give one, cores, or cores-1", f.jobs)
	}
	return n, nil
}

func cores() int { return runtime.NumCPU() }

// within is a context that ends as one does, and belongs to the object of another.
type within struct {
	context.Context
	object *actor.Context
}

// Value implements [context.Context].
func (w within) Value(key any) any {
	if v := w.Context.Value(key); v != nil {
		return v
	}
	return w.object.Value(key)
}

// planName is the folder of a plan's runs.
func planName(file *planfile.File) string {
	name := strings.Map(func(r rune) rune {
		if r < ' ' || r == '/' || r == '\\' {
			return '_'
		}
		return r
	}, file.Plan.GetName())
	if rest, ok := strings.CutPrefix(name, "."); ok {
		return "_" + rest
	}
	return name
}

// newRunName names the folder of a run as the scheduler does: by the time, and
// something that no other run has.
func newRunName() string {
	var unique [3]byte
	_, _ = rand.Read(unique[:]) // it never fails
	return time.Now().Format("20060102-150405") + "-" + hex.EncodeToString(unique[:])
}

// signalName is how a signal is called in a report.
func signalName(signal os.Signal) string {
	if signal == os.Interrupt {
		return "ctrl-C"
	}
	return strings.ToLower(signal.String())
}
