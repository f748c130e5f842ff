// Package actor makes an object out of a function, and runs it here or in a
// process of its own.
//
// An object is a function with settings and input that are protobuf messages,
// and a result that is one. It is called like a function ([Call], or Call of
// the definition) and started like a goroutine ([Context.Process], Create). It
// has an address, receives messages ([Context.Select]) from any object of the
// tree of processes, and ends exactly once: its parent learns how from one
// lifecycle.Completed. What an object has started ends before it does.
//
// Where an object runs changes nothing else: results, faults, time-outs and
// stops are the same in this process, in this executable run again, and in
// another executable. There are two things that a goroutine cannot do: an
// object of this process that does not heed a stop is given up and left behind
// after its grace, and a fault of the Go runtime ends the whole process.
//
// # Stopping
//
// A stop cancels the object's context, ends one waiting Select or Call, and
// leaves the object its grace (10 seconds) to end its children and clean up:
// Select works again after it, and [Context.Cleanup] is a context that lasts as
// long. Whatever error the object returns then is Aborted; a value that it
// returns is kept. In a process, the framework enforces the grace: at a quarter
// of it the children are stopped for an object that has not, and at its end
// they are killed and the process exits. The children of an object that runs in
// its caller's process are ended the same way. A process whose parent is gone
// stops by itself within five seconds.
//
// # Messages
//
// Messages are copied, also within a process. They arrive in the order in which
// one object sent them to another. Send waits while the receiver has a MiB
// waiting, and is freed by room, by a stop or by the receiver's end. A message
// of any size up to 1 GiB passes, in pieces, so that nothing waits behind it.
//
// # Pools
//
// A [Pool] keeps processes that wait to be called, so that a call costs a message:
//
//	pool := Worker.Pool(ctx, actor.Size(8))
//	defer pool.Close()
//	for r := range pool.Map(ctx, slices.Values(inputs)) {
//		use(r.Index, r.Input, r.Output, r.Err)
//	}
//
// Each call is an object of its own, with all that this means for its faults, its
// children, its time and its stop. What a worker's death costs is the call that it
// was at; it is replaced. Workers use one processor each, unless [Processors] says
// more. Pools inside of workers share one budget of processes ([Budget]), and never
// wait for each other: a pool always has one worker that needs nobody's leave.
//
// # For those who know the earlier ansar
//
//	create                    Object.Create, Context.Process, Command.Create
//	send, reply, forward      Context.Send, Context.Reply, Context.Forward
//	advise                    Send(self.Parent(), m)
//	select, with seconds      Context.Select, Context.SelectWithin
//	saving, save, input       Select leaves what does not match, in order
//	ask                       Request
//	start, cancel             Context.StartTimer, StartRepeating, CancelTimer
//	complete                  return, or Context.Complete of a machine
//	assign, debrief           Context.Assign, Context.Debrief, DebriefAs
//	progress, working         Context.Progress, Context.Working
//	running                   Context.Running
//	abort                     Context.Stop of each child, Context.AutoStop
//	AutoStop                  defer self.AutoStop()
//	halt, halted              Context.Done, Context.Err: the object is a context
//	then, on_return,          Context.OnCompleted
//	continuation
//	fasten                    Context.Watch, and Context.Stop at a Terminated
//	Channel                   Call, Request and Send of a context that is no object's
//	debug, trace, console,    Context.Debug, Trace, Console,
//	warning, fault, sample    Warning, Fault, Sample; Context.Logger
//	test, test_enquiry        Context.Test, Context.TestReport
//	Retry                     Retrying; in a home, the property retry
//	Process, Utility          Context.Process and Call, Utility
//	bind, registration        none: protobuf types register themselves
//	Point, StateMachine       Machine, DefineMachine
//	Unknown                   Select() without kinds, default of a type switch
//
// # Engine
//
// Mailboxes, addresses, watches and the life of each actor are
// protoactor-go's, of which nothing shows here. One goroutine runs each
// object's own code. See RATIONALE.md for what is built around the engine, and
// why.
package actor
