// Package schedule runs many calls and commands over slots and resources.
//
// A plan says what is to be done, in which order and with what ([schedulepb.Plan]);
// [Run] does it and gives the report:
//
//	report, err := schedule.Run(ctx, plan, nil)
//
// The scheduler is an object, a child of the object that ctx belongs to. It decides
// nothing by itself: a pure engine turns what happens into events and actions, and
// the scheduler writes every event into the journal before it acts on it. So the
// journal is the run: reports, views and later runs are made of it, also after the
// scheduler was killed. Each attempt at a job is an object of its own, whose end is
// its one Completed.
//
// A job is a call of a component or of an object of this program, a command, a role
// of a home, or a Go function. Where a call is done, in a process, in a pool of warm
// workers or in this process, changes its status, its events and its result in
// nothing; but work in this process cannot be killed, and what does not end within
// its grace is reported as timed-out, still running, and left behind.
//
// # Folder of a run
//
//	plan.json journal.jsonl run.log            written as it goes
//	report.json junit.xml report.html trace.json   written at the end, whatever happened
//	jobs/<id>/<attempt>/log                    both streams, with times
//	jobs/<id>/<attempt>/stdout, stderr         as they were written, if anything was
//	jobs/<id>/<attempt>/output/ tmp/           folders for the job; tmp is removed after a fine attempt
//	jobs/<id>/<attempt>/value.binpb            a value of more than 64 KiB
//	../latest ../fingerprints/                 beside it
package schedule
