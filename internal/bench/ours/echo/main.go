// Echo answers messages until it is stopped: bytes with themselves, many bytes
// with their number, a number with the strings it has counted, an Enquiry with
// its process id, a Discover with the address of another object of the process,
// which answers numbers. It leaves a Ping unanswered.
package main

import (
	"os"

	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/lifecycle"
)

const many = 1 << 20

func echo(self *actor.Context, _, _ *lifecycle.None) (*lifecycle.Ack, error) {
	beside := other.Create(self, nil, actor.InProcess())
	counted := uint64(0)
	for {
		m, err := self.Select()
		if err != nil {
			return &lifecycle.Ack{}, nil
		}
		switch body := m.Body.(type) {
		case *wrapperspb.BytesValue:
			if len(body.GetValue()) < many {
				err = self.Reply(body)
			} else {
				err = self.Reply(wrapperspb.UInt64(uint64(len(body.GetValue()))))
			}
		case *wrapperspb.StringValue:
			counted++
		case *wrapperspb.UInt64Value:
			err = self.Reply(wrapperspb.UInt64(counted))
		case *lifecycle.Discover:
			err = self.Reply(beside)
		case *lifecycle.Enquiry:
			err = self.Reply(wrapperspb.UInt64(uint64(os.Getpid())))
		}
		if err != nil {
			return nil, err
		}
	}
}

// other answers numbers while echo has something else to do.
var other = actor.Define("other", func(self *actor.Context, _, _ *lifecycle.None) (*lifecycle.Ack, error) {
	for {
		m, err := self.Select(actor.KindOf[*wrapperspb.UInt64Value]())
		if err != nil {
			return &lifecycle.Ack{}, nil
		}
		if err := self.Reply(m.Body); err != nil {
			return nil, err
		}
	}
})

func main() { framework.CreateObject(actor.Define("echo", echo)) }
