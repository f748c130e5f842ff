// Package snooze is a program with settings and a timer: it does nothing for
// some time.
package snooze

import (
	"time"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/examples/examplespb"
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/lifecycle"
)

func snooze(self *actor.Context, settings *examplespb.SnoozeSettings, _ *lifecycle.None) (*lifecycle.Ack, error) {
	self.Console("Do nothing for %.1f seconds", settings.Seconds)
	self.StartTimer(actor.T1, seconds(settings.Seconds))
	if _, err := self.Select(actor.T1); err != nil { // Stop ends every Select
		return nil, err
	}
	return &lifecycle.Ack{}, nil
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// Snooze waits, two seconds unless its settings say otherwise.
var Snooze = actor.Define("snooze", snooze).DefaultSettings(&examplespb.SnoozeSettings{Seconds: 2})

// Main is the program.
func Main() { framework.CreateObject(Snooze) }
