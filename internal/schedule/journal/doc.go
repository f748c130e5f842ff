// Package journal keeps the events of a run in the file journal.jsonl of the run's
// folder: one event a line, as JSON, in the order of their sequence numbers.
//
// A [Writer] gives what it is told to the kernel in one write before Append returns,
// so it survives the death of the scheduler at any moment, and synchronises it to the
// disk within 100 ms. It holds a lock on the file for as long as it lives, which is how
// readers learn that the run is over even if nobody could write its end.
//
// Any number of readers may read meanwhile, from any process: [Read] what is there,
// [Follow] what comes. The invariant that they build on: lines are only appended, and
// event n+1 stands below event n. A last line without a newline was never
// acted upon, and counts as not written.
//
// The package knows nothing of what events mean, and never asks again and again:
// it waits for changes of the file and the end of the process that writes it.
package journal
