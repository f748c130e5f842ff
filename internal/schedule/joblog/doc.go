// Package joblog keeps what an attempt at a job says: a folder with the files
//
//	stdout, stderr   what the command printed, byte by byte; made at the first byte
//	log              all of it in lines with times, and what else is to be told
//	log.processes/   a log for each process below that has one of its own
//
// and reads such folders back ([Links], [Merge]).
//
// A line of a log is a time, a mark, and text:
//
//	2026-11-22T01:15:18.123456789Z 1 a line of standard output
//
// The mark says where the text is from:
//
//	1 2       standard output and standard error
//	*         a note of whoever runs the job
//	@         a link to the log of another process, or the end of this one
//	others    the tag of a log record of an object, whose id and name come first
//
// A line that is longer than 64 KiB comes in pieces: all but the last have a + behind
// the mark. What is not printable UTF-8 is escaped (\x1b), so a log is harmless to
// show; the exact bytes are in stdout and stderr. A last line without an end gets one.
//
// Links are written both ways. When a process is started that has a log of its own,
// the log of its parent gets the first of these lines, in order of the starts, and its
// own begins with the second; files are as seen from the folder of the log:
//
//	@ Started worker (4711), log at log.processes/worker-1.log
//	@ Log of worker (4711), started by build (4700), whose log is ../log
//
// For the processes of a framework program this comes from its records ([Log.Sink]),
// for all others from a wrapper ([Exec]), which finds the log of its parent by
// ANSAR_LOG and sets that for its own child. Every line is written to the file by one
// append, so several processes may write to one log.
package joblog
