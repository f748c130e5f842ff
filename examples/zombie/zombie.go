// Package zombie is a program that never ends by itself.
package zombie

import (
	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/lifecycle"
)

func zombie(self *actor.Context, _, _ *lifecycle.None) (*lifecycle.Ack, error) {
	self.Console("Do nothing until it is stopped")
	self.Ready()
	<-self.Done()
	return &lifecycle.Ack{}, nil
}

// Zombie waits to be stopped, and takes that for success.
var Zombie = actor.Define("zombie", zombie)

// Main is the program.
func Main() { framework.CreateObject(Zombie) }
