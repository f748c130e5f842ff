// Package process runs one command of a job, and ends all that came of it. It
// is [osproc] for a whole tree of processes, with a channel for events.
//
// Its invariant: once [Process.Done] is closed, nothing of the command is left
// that could be found, and what had to be ended for that is named in [Ended].
// The end is that of the command's own process, never the end of its outputs:
// who holds them beyond the leak window is a stray.
//
//	phase     begins when                    signals
//	running   Start has returned             none
//	warned    BeforeStop.After has passed    none: the hook runs
//	stopping  Stop, and the hook is over     SIGTERM and SIGCONT to the whole tree
//	killing   Kill, or the grace is over     SIGKILL to the whole tree, until there is none
//	left      the process itself has ended   none for the leak window, then as above
//	done      nothing is left, or it is given up
//
// The tree is found in four ways, and each process is held by a descriptor and
// looked at again before it is signalled, so that no number is mistaken:
// children of children, the process group, the session, and the token that all
// of it bears in its environment. After [osproc.OwnMain], what lost its
// parents, in whatever session, is among the children of this process; in another
// program all processes of the machine are looked through for the token. What wipes its environment, leaves
// group and session and its parents as well, is found by [osproc.KillAdopted] alone.
//
// On systems other than Linux a tree is no more than a process group: what
// has left it is neither found nor named.
package process
