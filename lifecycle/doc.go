// Package lifecycle defines the messages that begin, end and interrupt the
// life of an object, and the rules for reading how another one ended.
//
// Every object ends exactly once. Its parent learns how from one [Completed],
// whatever happened below:
//
//	the object returned a value          Completed{Value: the value}
//	the object returned an error         Completed{Value: a fault, see FaultOf}
//	the object panicked                  Completed{Value: *Faulted} with its stack
//	the object was told to stop, failed  Completed{Value: *Aborted}
//	the process died without a word      Completed{Value: *Aborted} with its status or signal
//
// The faults are [Faulted], [Aborted], [TimedOut], [Maybe], [Cannot],
// [Exhausted], [LockedOut] and [Interrupted]: messages and errors at once. A
// fault matches any other of its type under [errors.Is], so that the sentinels
// below recognise one that came from another process, and [errors.As] finds
// its particulars.
//
// The package holds plain values and no goroutines, and imports nothing of
// ours, so every other package may import it.
package lifecycle
