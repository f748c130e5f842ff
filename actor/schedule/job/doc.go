// Package job is what an object knows of the job that it does for a schedule.
//
// An object that a schedule calls, in a process, in a pool or in the process of the
// scheduler, finds out by [From]:
//
//	j, ok := job.From(self)
//	if !ok {
//		... // called by somebody else
//	}
//	binary, err := job.ValueOf[*pb.Binary](j, "build")
//	...
//	err = j.Artefact("firmware", path) // jobs that need it may start now
//
// Commands find the same in their environment. The package is light: a component
// that imports it does not get the scheduler.
package job
