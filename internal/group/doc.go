// Package group does something with many roles of a home at once: it sees what
// they are doing, starts them in the background, stops them, waits for them, and
// runs them in the foreground.
//
// Whether a role runs is what the kernel says about its lock; what became of it
// is in its history. A process is signalled only if it is the very one that took
// the lock. Everything is done to all roles at once, but for those that come
// after others by the property after, and everything that is waited for is an
// event: one slow role holds up nobody else, and nothing is asked again and again.
//
//	[Look]        what each role is doing; takes no lock
//	[Start]       in the background; returns when each is ready or has failed
//	[Stop]        backwards; returns when the last process is gone
//	[Clear]       stop what runs if that is allowed, and remember it
//	[Wait]        until all are ready, or none runs
//	[Adopt]       a keeper for components that have lost theirs
//	[Run]         below this process; nothing that it starts outlives it
//
// A component is started directly; a plain program, and a component that is to be
// started again after a crash, by package runner. Who changes the state of roles
// has reserved them; see [home.Home.Reserve].
//
// The package knows no flags and prints nothing.
package group
