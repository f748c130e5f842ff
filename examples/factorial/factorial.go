// Package factorial is a recursive function whose every call is a process.
package factorial

import (
	"fmt"

	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/examples/examplespb"
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/lifecycle"
)

// largest is the largest n whose factorial is a uint64.
const largest = 20

func factorial(self *actor.Context, _ *lifecycle.None, n *wrapperspb.UInt32Value) (*examplespb.FactorialReturned, error) {
	if n.Value > largest {
		return nil, fmt.Errorf("factorial(%d) does not fit into 64 bits: %d is the largest input", n.Value, largest)
	}
	self.Console("factorial(%d)", n.Value)
	if n.Value == 0 {
		return &examplespb.FactorialReturned{Value: 1}, nil
	}
	below, err := actor.Call[*examplespb.FactorialReturned](self, "factorial", wrapperspb.UInt32(n.Value-1))
	if err != nil {
		return nil, err
	}
	return &examplespb.FactorialReturned{Value: uint64(n.Value) * below.Value}, nil
}

// Factorial calls itself, in a process for each step.
var Factorial = actor.Define("factorial", factorial).DefaultInput(wrapperspb.UInt32(5))

// Main is the program.
func Main() { framework.CreateObject(Factorial) }
