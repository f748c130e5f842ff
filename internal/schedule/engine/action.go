package engine

import (
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Action is something that whoever drives the engine has to do. Each kind says how
// the engine is told of the outcome.
type Action interface{ action() }

// StartAttempt starts an attempt of a job. Told of by [Engine.Happened] with a
// JobStarted, and by [Engine.Ended], which comes exactly once, also if the start fails.
type StartAttempt struct {
	Job     *schedulepb.Job
	Attempt uint32

	// Slot is the lowest of Slots.
	Slot  uint32
	Slots []uint32
	Holds []*schedulepb.Hold

	// Deadline is when the attempt is to be told to stop, and Grace how long it
	// may then take before it is killed. Both are for the driver to enforce.
	Deadline time.Time
	Grace    time.Duration

	// Limit says whose deadline it is: job-timeout or run-timeout, as in Cause.kind.
	Limit string

	// Needs are the outcomes of the jobs that it needs, in the order of its needs,
	// each job once.
	Needs []*schedulepb.Outcome

	// Parent is the sequence number of the queueing of the job.
	Parent uint64
}

// StopAttempt stops a running attempt: politely with its grace, or by killing it at once.
// Answered by [Engine.Ended]. An attempt may be told twice, first politely, then not.
type StopAttempt struct {
	Job     string
	Attempt uint32

	// Why is for Cause.kind: interrupt, run-timeout or stopped.
	Why  string
	Kill bool
}

// Fingerprint works out the key of a job. Answered by [Engine.Fingerprinted].
type Fingerprint struct {
	Job *schedulepb.Job

	// NeedKeys are the keys of all jobs that it needs, by id.
	NeedKeys map[string]string
}

// SaveFingerprint keeps a fingerprint for later runs. No answer.
type SaveFingerprint struct {
	Job    string
	Stored *Stored
}

// DropFingerprint removes the stored fingerprint of a job that is about to run. No answer.
type DropFingerprint struct {
	Job string
}

// StartCleaner runs the cleaner of a unit. Answered by [Engine.CleanerEnded]. The
// driver enforces the cleaner's time limit.
type StartCleaner struct {
	// ID is unique in the run: the name of the unit, and a number from the second on.
	ID      string
	Cleaner *schedulepb.Cleaner
	Hold    *schedulepb.Hold
}

// StopCleaner stops a cleaner. Answered by [Engine.CleanerEnded].
type StopCleaner struct {
	ID   string
	Kill bool
}

// StartGuard starts a guard. Told of by [Engine.GuardStarted], [Engine.GuardResumed] and
// [Engine.GuardEnded], which comes exactly once for each start.
type StartGuard struct {
	Guard *schedulepb.Guard
}

// StopGuard stops a guard. Answered by [Engine.GuardEnded].
type StopGuard struct {
	ID   string
	Kill bool
}

// AcquireHost locks units for the whole machine, in the order given, which is the same
// in every run so that no two wait for each other. Answered by [Engine.HostGranted]
// once all are locked, or by [Engine.HostRefused], with none of them locked.
type AcquireHost struct {
	Job     string
	Attempt uint32
	Units   []string
}

// ReleaseHost unlocks units for the whole machine. If they are still being locked, that
// is given up, and not answered. No answer.
type ReleaseHost struct {
	Units []string
}

func (StartAttempt) action()    {}
func (StopAttempt) action()     {}
func (Fingerprint) action()     {}
func (SaveFingerprint) action() {}
func (DropFingerprint) action() {}
func (StartCleaner) action()    {}
func (StopCleaner) action()     {}
func (StartGuard) action()      {}
func (StopGuard) action()       {}
func (AcquireHost) action()     {}
func (ReleaseHost) action()     {}
