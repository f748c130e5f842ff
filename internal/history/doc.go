// Package history keeps what became of the runs of a role: when each began, by
// whom, on which program, and how it ended.
//
// The file history/<role>.jsonl of a home has one JSON record a line, each
// appended by one write, by whoever knows: who holds the lock of the role writes
// begin, ready and end of its own run; a parent of ours adds the end of a process
// that died without a word; who stops a role says so before. Runs have numbers
// that never change. The last 1,000 are kept.
//
// An end that nobody could see is found out by whoever looks next, with
// [File.Settle]: the run has "vanished", with the evidence there is. It never
// overtakes somebody who may know better, and an exact end always wins over it.
//
// A writer that is killed in the middle leaves a torn line. The next writer ends
// it, readers pass over it, and count it: see [File.Damaged]. Reading takes no
// lock and never fails because of what a line says.
package history
