// Chain calls itself as often as its input says, and counts.
package main

import (
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/lifecycle"
)

func chain(self *actor.Context, _ *lifecycle.None, n *wrapperspb.UInt32Value) (*wrapperspb.UInt32Value, error) {
	if n.GetValue() == 0 {
		return wrapperspb.UInt32(1), nil
	}
	below, err := actor.Call[*wrapperspb.UInt32Value](self, "chain", wrapperspb.UInt32(n.GetValue()-1))
	if err != nil {
		return nil, err
	}
	return wrapperspb.UInt32(below.GetValue() + 1), nil
}

func main() { framework.CreateObject(actor.Define("chain", chain)) }
