package link_test

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/internal/link"
	"github.com/ansar-go/ansar/internal/link/linkpb"
)

// A parent sends a message to an object of its child, which prints it and
// ends.
func Example() {
	a, b := link.Pipe() // usually a pair of sockets, one end for each process

	parent := link.NewRouter("1", process{}, nil)
	defer parent.Close()
	down := parent.AddChild("1.1", a, quiet{print: true})
	_ = down.Hello(&linkpb.Hello{Name: "parent"}) // a link that ends tells its Handler
	_ = down.Begin(context.Background(), &linkpb.Begin{Address: "1.1"})

	printed := make(chan bool)
	child := link.NewRouter("", process{printed: printed}, nil)
	defer child.Close()
	up := child.AddParent(b, quiet{})
	_ = up.Hello(&linkpb.Hello{Name: "child"})

	err := parent.Send(context.Background(), link.PID{Address: "1.1", ID: "7"}, link.PID{}, wrapperspb.String("hello"))
	if err != nil {
		fmt.Println(err)
		return
	}
	<-printed
	_ = up.CloseWrite(context.Background())
	<-down.Done()
	// Output:
	// google.protobuf.StringValue for 1.1/7: hello
	// link ended: EOF
}

// process is a Local whose objects print what comes.
type process struct{ printed chan bool }

func (p process) Deliver(m link.Message) {
	v := new(wrapperspb.StringValue)
	if err := proto.Unmarshal(m.Payload, v); err != nil {
		fmt.Println(err)
	}
	fmt.Printf("%s for %v: %s\n", m.Type, m.Target, v.Value)
	m.Done()
	close(p.printed)
}

func (process) Watch(_, _ link.PID)                     {}
func (process) Unwatch(_, _ link.PID)                   {}
func (process) Terminated(_, _ link.PID, _ link.Reason) {}

// quiet is a Handler that at most prints how the link ended.
type quiet struct{ print bool }

func (quiet) Hello(*linkpb.Hello)         {}
func (quiet) Begin(*linkpb.Begin)         {}
func (quiet) Ready()                      {}
func (quiet) Stop(*linkpb.Stop)           {}
func (quiet) Log(*linkpb.Log)             {}
func (quiet) Completed(*linkpb.Completed) {}

func (q quiet) Closed(err error) {
	if q.print {
		fmt.Println("link ended:", err)
	}
}
