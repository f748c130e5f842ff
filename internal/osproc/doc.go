// Package osproc owns one operating-system process at a time: it starts it in
// a process group of its own, sends it signals, learns its end, and never
// loses one. Its invariant: a signal reaches the process that was started or
// nothing, and once [Process.Done] is closed nothing of it is left behind: no
// member of its group, no zombie, no descriptor, no goroutine.
//
// The life of a process, and what may be asked of it in each phase:
//
//	phase      begins when                   Signal, SignalGroup  Exited  Exit       Done
//	starting   Start is called               cannot happen        -       -          -
//	running    Start has returned            delivered            open    not valid  open
//	ended      the process itself has ended  os.ErrProcessDone    closed  final      open
//	done       all of the list below is so   os.ErrProcessDone    closed  final      closed
//
// Between ended and done, in this order:
//
//  1. The end is noticed, but the process is not reaped: its id stays reserved.
//  2. Exited is closed, and Spec.Ended called, if there is one: until it returns
//     SignalGroup still reaches the rest of the group.
//  3. What is left of its process group is sent SIGKILL, under the reserved id.
//  4. The process is reaped; from here on its id is used no more.
//  5. The members of the group that were killed have ended (2 s at most).
//  6. Both outputs are drained: to end-of-file, or, where a stray descendant
//     in another session holds a pipe, until it was silent for 250 ms or 2 s
//     have passed since the end. All that was in a pipe by then is delivered.
//  7. Done is closed.
//
// On systems other than Linux, and there only, step 2 follows step 4.
//
// A waiting process costs goroutines and descriptors but no thread: on Linux
// its end arrives through the Go poller, by pidfd. Where that is missing (a
// kernel before 5.4, another system), a thread waits for each process.
//
// What a process has started in turn is its [Family]: it is found wherever it went,
// and each member is held by a descriptor before it is signalled.
//
// A program that is ours calls [OwnMain] at its beginning and [KillAdopted] at
// its end, which makes it answer for descendants that lost their parents. The
// package does neither to a program that did not ask: it never waits for a
// process that it did not start, and leaves the children of os/exec alone.
package osproc
