package engine

import (
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Engine decides one run. Make it with [New].
type Engine struct{}

// New returns the engine of a run that has not begun.
func New(c Config) *Engine { return &Engine{} }

// Begin loads the plan and starts what can be. Call it once, before all else.
func (e *Engine) Begin(now time.Time) Step { return Step{} }

// Happened records what became of a running attempt. Kind is the pointer that belongs into
// Event.Kind: *schedulepb.Event_JobStarted, JobSignalled, JobSlow, JobOutput, JobMessage or Warning.
func (e *Engine) Happened(job string, attempt uint32, kind any, now time.Time) Step { return Step{} }

// Emitted takes what a job says: artefacts, messages, that it is not ready, that it is to be skipped.
func (e *Engine) Emitted(job string, attempt uint32, m *schedulepb.Emitted, now time.Time) Step {
	return Step{}
}

// Ended says that an attempt is over, and that nothing of it is left but strays.
func (e *Engine) Ended(job string, attempt uint32, o Outcome, now time.Time) Step { return Step{} }

// CleanerEnded answers [StartCleaner]. The unit is lent again only if the status is ok.
func (e *Engine) CleanerEnded(id string, o Outcome, now time.Time) Step { return Step{} }

// GuardStarted says that a guard runs. Log is its file, from the folder of the run.
func (e *Engine) GuardStarted(id string, pid int, log string, now time.Time) Step { return Step{} }

// GuardResumed says that the guard that paused the run sees no more reason to.
func (e *Engine) GuardResumed(id string, now time.Time) Step { return Step{} }

// GuardEnded says that a guard is over, stopped or by itself.
func (e *Engine) GuardEnded(id string, o Outcome, now time.Time) Step { return Step{} }

// Fingerprinted answers [Fingerprint]. The key is empty if it could not be worked out. Stored is
// nil if there is nothing, it is broken, or an output of the job is not there.
func (e *Engine) Fingerprinted(job, key string, stored *Stored, now time.Time) Step { return Step{} }

// HostGranted answers [AcquireHost].
func (e *Engine) HostGranted(job string, now time.Time) Step { return Step{} }

// HostRefused answers [AcquireHost]: why names who has the unit.
func (e *Engine) HostRefused(job, why string, now time.Time) Step { return Step{} }

// Timer does what is due. Call it when [Engine.Wake] says, earlier does no harm.
func (e *Engine) Timer(now time.Time) Step { return Step{} }

// Wake is when Timer is to be called. Zero: never, as things are.
func (e *Engine) Wake() time.Time { return time.Time{} }

// Interrupt ends the run. Stage 1: nothing is started, what runs is told to stop. Stage 2: what
// runs is killed.
func (e *Engine) Interrupt(stage uint32, why string, now time.Time) Step { return Step{} }

// Fail ends the run as a second interrupt does, because the machinery failed: exit status 3.
func (e *Engine) Fail(why string, now time.Time) Step { return Step{} }

// Cancel stops one job, or keeps it from being started. Jobs that need it are blocked.
func (e *Engine) Cancel(job, why string, now time.Time) Step { return Step{} }

// Pause keeps everything from being started, or lets it go on.
func (e *Engine) Pause(paused bool, why string, now time.Time) Step { return Step{} }

// Gate keeps everything from being started while load or memory do not allow it.
func (e *Engine) Gate(open bool, why string, now time.Time) Step { return Step{} }

// Add takes another job into the run, which may need any job that there is. By is who adds it.
// The error says what is wrong with it; then nothing has changed.
func (e *Engine) Add(job *schedulepb.Job, by string, now time.Time) (Step, error) {
	return Step{}, nil
}

// Warn records a warning.
func (e *Engine) Warn(text string, now time.Time) Step { return Step{} }

// Done reports whether all jobs, cleaners and guards have ended. Then Finish is to be called.
func (e *Engine) Done() bool { return true }

// Finish gives the last event, with the exit status. What has not ended is ended: not-run,
// or interrupted. Later inputs give empty steps.
func (e *Engine) Finish(now time.Time) Step { return Step{} }

// Simulation says how jobs behave in a dry run.
type Simulation struct {
	// Duration is how long an attempt takes. Nil: the job's estimate, else as in the
	// previous run, else a second.
	Duration func(job *schedulepb.Job) time.Duration

	// Fails says whether the attempt fails. Nil: none does.
	Fails func(job *schedulepb.Job, attempt uint32) bool
}

// Simulate gives the events of a run in which nothing is really done.
func Simulate(c Config, s Simulation) []*schedulepb.Event { return nil }

// RollUp is the worst of statuses, the one that stands for all of them.
func RollUp(statuses ...schedulepb.Status) schedulepb.Status { return 0 }
