// Package noop is the smallest program: it logs a line and returns.
package noop

import (
	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/lifecycle"
)

func noop(self *actor.Context, _, _ *lifecycle.None) (*lifecycle.Ack, error) {
	self.Console("Log this and exit")
	return &lifecycle.Ack{}, nil
}

// Noop logs a line and returns.
var Noop = actor.Define("noop", noop)

// Main is the program.
func Main() { framework.CreateObject(Noop) }
