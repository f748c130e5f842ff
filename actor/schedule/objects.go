package schedule

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/lifecycle"
)

// body is what an object of the scheduler does. It runs in this process always.
type body func(self *actor.Context) (proto.Message, error)

// tickets are the bodies of objects that are about to begin: a message cannot carry
// a function, but its number.
var (
	tickets    sync.Map // of body, by number
	lastTicket atomic.Uint64
)

func ticket(b body) *wrapperspb.UInt64Value {
	n := lastTicket.Add(1)
	tickets.Store(n, b)
	return wrapperspb.UInt64(n)
}

// object is the definition of objects that do what their ticket says.
type object = actor.Object[*lifecycle.None, *wrapperspb.UInt64Value, proto.Message]

func define(name string) *object {
	return actor.Define(name, func(self *actor.Context, _ *lifecycle.None, n *wrapperspb.UInt64Value) (proto.Message, error) {
		b, ok := tickets.LoadAndDelete(n.GetValue())
		if !ok {
			return nil, fmt.Errorf("object %s was not begun by a schedule", self.Name())
		}
		return b.(body)(self)
	})
}

// The objects of a run, by the names that logs show.
var (
	schedulerObject   = define("schedule-run")
	attemptObject     = define("schedule-attempt")
	functionObject    = define("schedule-function")
	cleanerObject     = define("schedule-cleaner")
	guardObject       = define("schedule-guard")
	fingerprintObject = define("schedule-fingerprint")
	lockObject        = define("schedule-lock")
)

// runObject runs a scheduler to its end.
func runObject(ctx context.Context, live body) error {
	_, err := schedulerObject.Call(ctx, ticket(live), actor.InProcess())
	return err
}

// beginObject begins an object of the kind below self. A grace of zero is the default.
func beginObject(self *actor.Context, kind *object, grace time.Duration, b body, options ...actor.Option) *actor.PID {
	options = append(options, actor.InProcess(), actor.Grace(grace))
	return kind.Create(self, ticket(b), options...)
}

// bodyOf is the body of an object that does one thing.
func bodyOf(do func() error) body {
	return func(*actor.Context) (proto.Message, error) { return nil, do() }
}
