package engine

import (
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Config is what a run is made of.
type Config struct {
	// Plan is complete and checked: defaults are in the jobs, ids are unique, needs
	// are known and without cycles. It is not changed, and must not be while the run
	// lasts. What a job can not have all the same ends that job and no other.
	Plan *schedulepb.Plan

	// Slots is how many there are. Below 1: 1.
	Slots int

	// Seed of all that is random, which is the jitter of pauses.
	Seed uint64

	// These are for the first event, and Run for each.
	Run, Folder, Dir, Version string
	PID                       int

	// Previous is the run whose results are kept where Rerun says so. Its durations
	// are estimates for jobs that have none. May be nil.
	Previous *schedulepb.Report
	Rerun    Rerun

	// Started is what Event.since counts from. Zero: the time of Begin.
	Started time.Time
}

// Rerun says which jobs of a run that follows another one are run.
type Rerun int

// What is not run keeps its value, and ends skipped as passed in the previous run.
// Jobs that are needed by one that is run are run if they are marked as set-up, or did not
// pass; jobs marked always are run if one that they need is.
const (
	// All runs everything that has no unchanged fingerprint.
	All Rerun = iota

	// Failed runs jobs that ran and were not fine, and those blocked by one.
	Failed

	// NotPassed runs jobs that were not fine, skipped, or not there.
	NotPassed

	// Changed runs jobs that did not pass, that have a changed fingerprint, or that need a
	// job that is run.
	Changed
)

// Step is what follows from an input. Events must be in the journal before anything
// is done.
type Step struct {
	Events []*schedulepb.Event
	Do     []Action
}

// Outcome is how an attempt, a cleaner or a guard ended.
type Outcome struct {
	// Status is any of ok, failed, error, crashed, timed-out, not-ready, skipped,
	// unchanged, leaky or interrupted. What the job has emitted, and what is expected of it, is worked
	// in by the engine, and so is what strays mean.
	Status schedulepb.Status
	Cause  *schedulepb.Cause
	Value  *schedulepb.Value

	// Exit is nil if there was no process.
	Exit      *schedulepb.JobExited
	Strays    []*schedulepb.Stray
	LastLines string

	// Took is how long it ran. It is not used for decisions.
	Took time.Duration
}

// Stored is what is kept of a job for its fingerprint.
type Stored struct {
	Key       string
	Status    schedulepb.Status
	Value     *schedulepb.Value
	Artefacts []*schedulepb.ArtefactReady
}
