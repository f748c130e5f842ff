// Package lease lends things to objects while they run: a console, a licence, one of
// five boards. It is for what is needed for a moment, within a job or among the
// processes of any program; what a job needs as a whole belongs into the resources of
// the plan.
//
// One object keeps the leases ([Keep]); any other in the same tree of processes takes
// them by [Take] and gives them back by [Lease.Release]:
//
//	keeper := lease.Keep(self, map[string]int{"console": 1, "board": 5})
//	...
//	console, err := lease.Take(self, keeper, "console", lease.Wait(time.Second))
//	if err != nil {
//		return nil, err // cannot take console: not free within 1s: held by ...
//	}
//	defer console.Release()
//
// Who asks first is granted first. A lease is free as soon as its holder has ended, or
// the process of the holder, however that came; the next one is told
// ([Lease.PreviousOwnerDied]), because the thing may be in any state. A wait that could
// never end, since everybody waits for each other, is refused at once, with names.
package lease
