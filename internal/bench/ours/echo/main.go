// Echo answers messages until it is stopped: bytes with themselves, many bytes
// with their number, a number with the strings it has counted, an Enquiry with
// its process id. It leaves a Ping unanswered.
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
		case *lifecycle.Enquiry:
			err = self.Reply(wrapperspb.UInt64(uint64(os.Getpid())))
		}
		if err != nil {
			return nil, err
		}
	}
}

func main() { framework.CreateObject(actor.Define("echo", echo)) }
