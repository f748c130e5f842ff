package schedule

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/job"
	"github.com/ansar-go/ansar/lifecycle"
)

type none = *lifecycle.None

var player = actor.Define("player", play)

// play does what its input says, one word after the other:
//
//	sleep:<d>        waits, and heeds a stop
//	deaf:<d>         waits, and heeds nothing
//	fail:<text>      returns an error
//	panic            panics
//	kill             kills its process
//	exit:<n>         exits its process
//	wrong            returns a message of another type
//	flaky            fails at the first attempt
//	notready[:<n>]   asks to be tried later, before attempt n, or always
//	skip             asks to be skipped
//	artefact:<a>     announces it
//	message:<m>      sends a message
//	stray            starts a process that heeds nothing, and does not wait for it
//	big:<n>          returns so many bytes
//	length:<job>     returns how long the value of that job is
func play(self *actor.Context, _ none, in *wrapperspb.StringValue) (proto.Message, error) {
	j, ok := job.From(self)
	if !ok {
		return nil, errors.New("there is no job")
	}
	for _, word := range strings.Fields(in.GetValue()) {
		verb, object, _ := strings.Cut(word, ":")
		out, err := act(self, j, verb, object)
		if out != nil || err != nil {
			return out, err
		}
	}
	return wrapperspb.String("done"), nil
}

func act(self *actor.Context, j *job.Job, verb, object string) (proto.Message, error) {
	switch verb {
	case "sleep":
		self.StartTimer(actor.T1, duration(object))
		_, err := self.Select(actor.T1)
		return nil, err
	case "deaf":
		select {
		case <-time.After(duration(object)):
		case <-freed:
		}
	case "fail":
		return nil, errors.New(object)
	case "panic":
		panic("as it was told")
	case "kill":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "exit":
		os.Exit(int(duration(object + "ns")))
	case "wrong":
		return wrapperspb.Bool(true), nil
	case "flaky":
		if j.Attempt() == 1 {
			return nil, errors.New("the first time it fails")
		}
	case "notready":
		if object == "" || j.Attempt() < int(duration(object+"ns")) {
			return nil, j.NotReady("not now")
		}
	case "skip":
		return nil, j.Skip("nothing to do")
	case "artefact":
		return nil, j.Artefact(object, "of "+j.ID())
	case "message":
		return nil, j.Message(object, map[string]string{"from": j.ID()})
	case "stray":
		return nil, exec.Command("sh", "-c", "trap '' TERM; sleep 600; true").Start()
	case "big":
		return wrapperspb.Bytes(make([]byte, int(duration(object+"ns")))), nil
	case "length":
		v, err := job.ValueOf[*wrapperspb.BytesValue](j, object)
		return wrapperspb.Int64(int64(len(v.GetValue()))), err
	}
	return nil, nil
}

func duration(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		panic(err)
	}
	return d
}

// typed is an object whose value is always of one type, as far as it says.
var typed = actor.Define("typed", func(self *actor.Context, _ none, in *wrapperspb.StringValue) (*wrapperspb.StringValue, error) {
	return in, nil
})
