// Package replay makes the report of a run from its events.
//
// A [Replay] takes one event at a time and each costs the same, however long the run
// is. Its invariant: it never fails. Events of jobs, attempts and units that it has not
// heard of make them known, one that it has already seen changes nothing, and what it
// does not understand it counts and passes over. So any part of a journal, from its
// beginning to anywhere, gives the report of the run as far as it had come.
//
// Whether a run without an end still goes on no event can tell: see [Settle].
package replay
