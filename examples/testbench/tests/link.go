package tests

import (
	"errors"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/job"
	"github.com/ansar-go/ansar/examples/examplespb"
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/lifecycle"
)

func link(self *actor.Context, _ *lifecycle.None, in *examplespb.LinkInput) (*examplespb.LinkReport, error) {
	attempt := 1
	j, scheduled := job.From(self)
	if scheduled {
		attempt = j.Attempt()
	}
	self.StartTimer(actor.T1, 2*period)
	if _, err := self.Select(actor.T1); err != nil {
		return nil, err
	}
	if attempt <= int(in.BadAttempts) {
		return nil, errors.New("the link of " + boardOf(j) + " is down: look after its plug")
	}
	return &examplespb.LinkReport{Board: boardOf(j), Attempt: int32(attempt)}, nil
}

// Link looks whether a board can be reached, which has a bad plug.
var Link = actor.Define("link-test", link)

// LinkMain is the program.
func LinkMain() { framework.CreateObject(Link) }

func hang(self *actor.Context, _, _ *lifecycle.None) (*lifecycle.Ack, error) {
	self.Console("Wait for an answer that never comes, and for nothing else")
	select {} // not even to be told to stop
}

// Hang never ends, whatever it is told.
var Hang = actor.Define("hang-test", hang)

// HangMain is the program.
func HangMain() { framework.CreateObject(Hang) }
