// Package group does something with many roles of a home at once: it sees which
// of them are running, stops them, and runs them in the foreground.
//
// Whether a role runs is what the kernel says about its lock; a process is
// signalled only if it is the very one that took the lock, and its end is an
// event that is waited for, never asked for again and again. Nothing that [Run]
// starts outlives it.
//
// The package knows no flags and prints nothing.
package group
