// Package engine decides what a schedule does next. It is pure: no goroutine, no
// clock, no file. Whoever drives it tells it what happened ([Engine.Ended],
// [Engine.Emitted] and so on), and gets a [Step]: events for the journal, then actions.
// The events of a step must be durable before its actions are done.
//
// Each job ends exactly once, and every job ends, whatever is told in whatever order:
//
//	pending   waits for the jobs that it needs
//	asking    its fingerprint is being worked out
//	queued    waits for its turn, slots and units
//	locking   waits for units that other runs on the machine may hold
//	running   an attempt of it runs
//	pausing   waits for its next attempt
//	ended
//
// The order is by priority, then by the length of what depends on a job, then as
// submitted. Slots and units are granted all at once or not at all. The first job
// that lacks something keeps a claim on all that it is going to need; jobs behind it
// take only what it does not, so none starves and nothing lies idle without need.
// The same plan, seed and answers give the same steps.
//
// An Engine is not safe for use by more than one goroutine.
package engine
