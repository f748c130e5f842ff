// Command adder is a component in a module of its own.
package main

import (
	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/framework"

	"example.com/adder/adderpb"
)

func add(self *actor.Context, settings *adderpb.Settings, in *adderpb.Pair) (*adderpb.Sum, error) {
	self.Console("%d + %d", in.A, in.B)
	return &adderpb.Sum{Value: in.A + in.B + int64(settings.Offset)}, nil
}

func main() {
	framework.CreateObject(actor.Define("adder", add).
		DefaultSettings(&adderpb.Settings{}).
		DefaultInput(&adderpb.Pair{A: 1, B: 2}))
}
