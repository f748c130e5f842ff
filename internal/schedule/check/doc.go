// Package check knows what a plan means where it says nothing, and what is
// wrong with it.
//
//	plan = check.Complete(plan)         // every default stands in its job
//	problems := check.Plan(plan, opts)  // why it cannot work; none: it can
//
// A plan that has a problem is never started. [Warnings] are for what is odd
// and does not stop it. The package asks nothing of the machine itself: what
// depends on it, such as whether an executable is there, is a function in
// [Options]. It holds no state and starts no goroutine.
package check
