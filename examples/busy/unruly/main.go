// Command unruly is busy and its duties where every tenth process does not
// heed a stop, for the tests of what is left behind. It is one program with
// many names: it plays what it is called.
//
// Each healthy object writes a file, named after its process, into the folder
// that UNRULY_CLEANED names, once it was stopped: its clean-up. It writes
// another, into UNRULY_BEGUN, when it begins.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/examples/examplespb"
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/lifecycle"
)

func main() {
	switch name := filepath.Base(os.Args[0]); name {
	case "busy":
		framework.CreateObject(actor.Define(name, manage))
	case "factorial":
		framework.CreateObject(actor.Define(name, chain).DefaultInput(wrapperspb.UInt32(5)))
	default:
		framework.CreateObject(actor.Define(name, duty))
	}
}

// manage starts duties and managers, and waits to be stopped.
func manage(self *actor.Context, _ *lifecycle.None, in *examplespb.JobInput) (*lifecycle.Ack, error) {
	for _, name := range in.Duties {
		self.Process(name, nil)
	}
	if in.ManagementLevels > 1 {
		next := proto.CloneOf(in)
		next.ManagementLevels--
		for range in.Managers {
			self.Process("busy", next)
		}
	}
	begun()
	for {
		if _, err := self.Select(actor.KindOf[*lifecycle.Completed]()); err != nil {
			ignore()
			self.AutoStop()
			return nil, cleaned(err)
		}
	}
}

// chain is a process that waits for one like it.
func chain(self *actor.Context, _ *lifecycle.None, n *wrapperspb.UInt32Value) (*lifecycle.Ack, error) {
	if n.Value == 0 {
		return duty(self, nil, nil)
	}
	begun()
	_, err := actor.Call[*lifecycle.Ack](self, "factorial", wrapperspb.UInt32(n.Value-1))
	ignore()
	return nil, cleaned(err)
}

// duty waits to be stopped.
func duty(self *actor.Context, _, _ *lifecycle.None) (*lifecycle.Ack, error) {
	begun()
	<-self.Done()
	ignore()
	return nil, cleaned(self.Err())
}

func stubborn() bool { return os.Getpid()%10 == 0 }

// ignore does not return in a stubborn process.
func ignore() {
	if stubborn() {
		select {}
	}
}

func begun() { touch("UNRULY_BEGUN") }

func cleaned(err error) error {
	touch("UNRULY_CLEANED")
	return err
}

func touch(folder string) {
	if dir := os.Getenv(folder); dir != "" && !stubborn() {
		who := fmt.Sprintf("%s of %d", filepath.Base(os.Args[0]), os.Getppid())
		_ = os.WriteFile(filepath.Join(dir, strconv.Itoa(os.Getpid())), []byte(who), 0o600) // the test counts what is there
	}
}
