// Package live shows a run of a schedule while it goes on.
//
// A [View] is told every event of the run. On a terminal it keeps a few lines at
// the bottom up to date: how many jobs ended how, what runs on which slot and since
// when, what waits for what, when the end is to be expected, and the last failures.
// Elsewhere it writes a line for each start and each end.
//
// Telling it an event takes the same short time whatever the size of the plan, and
// never waits for whoever reads the output. A terminal is written to ten times a
// second at most, once a second where nothing changes but the age of what runs, and
// not at all where nothing runs. It is never put into another mode, and its cursor
// stays visible, so that whatever kills the program leaves it usable; control-c goes
// to the program as ever.
package live
