package schedule

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/engine"
	"github.com/ansar-go/ansar/internal/schedule/joblog"
	"github.com/ansar-go/ansar/internal/schedule/process"
)

// work is one attempt at a job, or one turn of a cleaner or a guard, which have a job
// in their place. It is done by an object of its own, in the body perform.
type work struct {
	run      *run
	pools    *pools
	job      *schedulepb.Job // not changed
	assigned *schedulepb.Assignment
	name     string // for logs
	folder   string // from that of the run
	token    string // what its processes bear
	limit    string // whose deadline it is: job-timeout or run-timeout
	grace    time.Duration
	begun    time.Time
	guard    bool       // it is one of a guard
	orders   chan order // of the scheduler

	// What its object tells whom; see reportTo.
	self      *actor.Context
	scheduler *actor.PID
	log       *joblog.Log

	mu   sync.Mutex // guards the fields below
	why  string     // why it was told to end; empty: it was not
	said string     // ok or failed, by its events
	what string     // why it failed, by its events
	odd  []string   // artefacts that it did not declare, of which the log says so
	skip bool       // it asks to be skipped

	// Of the object until it has ended, then of the scheduler.
	outcome engine.Outcome
	outputs []*schedulepb.JobOutput
	lost    string // why some of its output is not kept; empty: all of it is
}

// order is what the scheduler tells an attempt that runs.
type order struct {
	why  string // for Cause.kind
	kill bool
}

// tell gives an order. It never blocks, and means nothing for what has ended. Only the
// scheduler calls it.
func (w *work) tell(o order) {
	if w == nil {
		return
	}
	select {
	case w.orders <- o:
		return
	default: // it was told often enough
	}
	if !o.kill {
		return
	}
	select {
	case <-w.orders:
	default:
	}
	w.orders <- o // there is room
}

// newWork prepares a piece of work. Its folder is made when it is performed.
func (s *scheduler) newWork(j *schedulepb.Job, folder, name string) *work {
	return &work{
		run: s.run, pools: &s.pools, job: j, name: name, folder: folder, token: process.NewToken(),
		grace: j.GetGrace().AsDuration(), begun: time.Now(), orders: make(chan order, 4),
		scheduler: s.self.Address(), limit: "job-timeout",
	}
}

// assign completes what the job is told about itself.
func (w *work) assign(a *schedulepb.Assignment, deadline time.Time) {
	a.Run, a.Job, a.Seed = w.run.id, w.job.GetId(), w.run.options.Seed
	a.Output, a.Temporary = w.path(outputFolder), w.path(temporaryFolder)
	if !deadline.IsZero() {
		a.Deadline = timestamppb.New(deadline)
	}
	for i, need := range a.Needs {
		if value := w.run.absoluteValue(need.GetValue()); value != need.GetValue() {
			need = proto.CloneOf(need)
			need.Value = value
			a.Needs[i] = need
		}
	}
	w.assigned = a
}

// path is a file of the work.
func (w *work) path(name string) string { return filepath.Join(w.run.folder, w.folder, name) }

// perform does the work. Whatever goes wrong becomes its outcome.
func (w *work) perform(self *actor.Context) (proto.Message, error) {
	w.self = self
	w.assigned.ChannelAddress, w.assigned.ChannelId = self.Address().GetAddress(), self.Address().GetId()
	if err := w.open(); err != nil {
		w.outcome = failed(schedulepb.Status_STATUS_ERROR, "aborted", "cannot make its folder: "+err.Error())
		return nil, nil
	}
	w.outcome = w.do(self)
	w.outcome.Took = time.Since(w.begun)
	if cause := w.outcome.Cause; !w.outcome.Status.Good() && cause.GetText() != "" {
		w.log.Note(w.outcome.Status.Name() + ": " + cause.GetText())
	}
	if !w.outcome.Status.Good() && w.outcome.LastLines == "" {
		w.outcome.LastLines = w.log.Tail()
	}
	if err := w.log.Close(); err != nil {
		w.loses(strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	w.outputs = w.log.Outputs()
	w.run.janitor.later(w.clean)
	return nil, nil
}

// loses notes that output could not be kept. The work ended as it ended: one that was
// fine says so in its cause.
func (w *work) loses(why string) {
	w.lost = why
	if w.outcome.Cause == nil && w.outcome.Status == schedulepb.Status_STATUS_OK {
		w.outcome.Cause = &schedulepb.Cause{Kind: "output", Text: why}
	}
}

// open makes the folders and begins the log.
func (w *work) open() error {
	if err := w.run.spares.furnish(w.path("")); err != nil {
		return err
	}
	var err error
	w.log, err = joblog.Open(w.path(""), joblog.Options{
		Parent: filepath.Join(w.run.folder, runLog), ParentName: "run " + w.run.id, ParentPID: os.Getpid(), Name: w.name,
	})
	return err
}

// clean removes what is not to be kept.
func (w *work) clean() {
	again := w.clear()
	if temporary := w.assigned.GetTemporary(); !w.run.options.Keep.keeps(w.outcome.Status) && !(again && w.run.spares.give(temporary)) {
		_ = os.RemoveAll(temporary) // what cannot be removed stays
	}
	if output := w.assigned.GetOutput(); !again || !w.run.spares.give(output) {
		_ = os.Remove(output) // if it is empty
	}
}

// clear reports whether nobody can have the folders of the work open: it was that of a
// process of its own, which has ended with all that came of it.
func (w *work) clear() bool {
	return w.job.GetCommand() != nil && w.outcome.Status == schedulepb.Status_STATUS_OK && len(w.outcome.Strays) == 0
}

// do does what the job says.
func (w *work) do(self *actor.Context) engine.Outcome {
	switch j := w.job; {
	case j.GetCommand() != nil:
		return w.command(self, j.GetCommand())
	case j.GetCall() != nil:
		return w.call(self, j.GetCall())
	case j.GetRole() != nil:
		return w.role(self, j.GetRole())
	case j.GetFunction() != "":
		return w.function(self, j.GetFunction())
	}
	return failed(schedulepb.Status_STATUS_ERROR, "refused", "the job has nothing to do")
}

// started tells that the work runs: pid is 0 if it has no process of its own.
func (w *work) started(pid int, isolation schedulepb.Isolation, commandLine string) {
	w.log.Started(pid)
	w.run.porter.goOn()
	if w.guard {
		w.tellScheduler(&schedulepb.Event{Kind: &schedulepb.Event_GuardChanged{GuardChanged: &schedulepb.GuardChanged{
			Id: w.job.GetId(), Pid: int32(pid), Log: filepath.Join(w.folder, "log"),
		}}})
		return
	}
	w.tellScheduler(&schedulepb.Event{Kind: &schedulepb.Event_JobStarted{JobStarted: &schedulepb.JobStarted{
		Pid: int32(pid), Slot: w.assigned.GetSlot(), Log: filepath.Join(w.folder, "log"), Deadline: w.assigned.GetDeadline(),
		Isolation: isolation, CommandLine: commandLine,
	}}})
}

// signalled tells that the work was told to end.
func (w *work) signalled(signal, why string) {
	w.log.Note(fmt.Sprintf("%s: %s", signal, why))
	w.tellScheduler(&schedulepb.Event{Kind: &schedulepb.Event_JobSignalled{
		JobSignalled: &schedulepb.JobSignalled{Signal: signal, Why: why},
	}})
}

func (w *work) slow() {
	w.tellScheduler(&schedulepb.Event{Kind: &schedulepb.Event_JobSlow{
		JobSlow: &schedulepb.JobSlow{After: durationpb.New(time.Since(w.begun))},
	}})
}

// tellScheduler sends an event. It waits while the scheduler has much to read.
func (w *work) tellScheduler(e *schedulepb.Event) {
	e.Job, e.Attempt = w.job.GetId(), w.assigned.GetAttempt()
	_ = w.self.Send(w.scheduler, e) // after a stop of all there is nobody to hear it
}

// forward passes on what the job itself tells.
func (w *work) forward(m *schedulepb.Emitted) {
	if m.GetSkip() != nil {
		w.mu.Lock()
		w.skip = true
		w.mu.Unlock()
	}
	if a := m.GetArtefact(); a != nil && !slices.Contains(w.job.GetArtefacts(), a.GetName()) {
		w.notes(a.GetName())
	}
	m.Job, m.Attempt = w.job.GetId(), w.assigned.GetAttempt()
	_ = w.self.Send(w.scheduler, m) // as above
}

// notes says in the log, once, that an artefact is not declared.
func (w *work) notes(artefact string) {
	w.mu.Lock()
	known := slices.Contains(w.odd, artefact)
	if !known {
		w.odd = append(w.odd, artefact)
	}
	w.mu.Unlock()
	if !known {
		w.log.Note(fmt.Sprintf("announced artefact %s, which it does not declare", artefact))
	}
}

// ending notes why the work was told to end. Only the first reason counts.
func (w *work) ending(why string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.why == "" {
		w.why = why
	}
}

// told is why the work was told to end; empty: it was not.
func (w *work) told() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.why
}

// failed is an outcome with its cause.
func failed(status schedulepb.Status, kind, text string) engine.Outcome {
	return engine.Outcome{Status: status, Cause: &schedulepb.Cause{Kind: kind, Text: text}}
}

// cut is the outcome of work that was told to end and has, by what it was told.
func (w *work) cut(why, killedBy string) engine.Outcome {
	status, text := schedulepb.Status_STATUS_INTERRUPTED, "it was told to stop"
	switch why {
	case "job-timeout":
		status, text = schedulepb.Status_STATUS_TIMED_OUT, fmt.Sprintf("it ran out of its time of %v", w.job.GetTimeout().AsDuration())
	case "run-timeout":
		status, text = schedulepb.Status_STATUS_TIMED_OUT, "the run ran out of its time"
	case "interrupt":
		text = "the run was interrupted"
	}
	o := failed(status, why, text)
	o.Cause.KilledBy = killedBy
	return o
}
