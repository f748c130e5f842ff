// Package hostlock lets one run at a time on this machine use a thing, by its name,
// among all runs of this user that ask for it.
//
// Its invariant: a lock is held exactly as long as its holder has not released
// it and lives. The kernel keeps it, so that it ends with the process, however that
// ends, and what the file says of a holder is never taken for the lock itself.
//
// On Linux the lock is one of an open file description, asked for without being
// taken, and who waits is woken by the file (a release) or by the end of the holder; it
// takes no thread. Elsewhere it is a flock: a waiter takes a thread, and one that gives
// up leaves that thread behind until the lock is free.
//
// Locks are files in [Folder]. They stay, empty.
package hostlock
