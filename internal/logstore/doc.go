// Package logstore keeps the log of one role in a folder, within a budget of
// bytes, and answers questions about it by time.
//
//	log.txt                          what is written now
//	log-2020-11-07T15-52-25.745.txt  segments before it, oldest first by name
//
// A line begins with its time and its tag, and ends with a newline:
//
//	2020-11-07T15:52:25.745 ^ <00000009>snooze - Do nothing for 2.0 seconds
//
// One [Writer] writes a folder at a time; any number of readers may read it
// meanwhile, from any process, and never wait for the writer. The invariant that
// both build on: within a segment no time is more than [Tolerance] before one
// that stands above it. So a question is answered by bisection, and never by
// reading from the start.
//
// The files are opened, written and closed by lumberjack. When a segment ends,
// what it is called then, and which is removed are decided here: lumberjack names
// segments by the millisecond and overwrites one of the same name, counts in whole
// megabytes, and removes late.
//
// A line that was accepted is in the hands of the kernel: it survives the death of
// the process in any way, and not that of the machine. Nothing is synchronised to
// the disk.
package logstore
