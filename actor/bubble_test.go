package actor

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/lifecycle"
)

// bubble is a place whose time stands still while anybody works. It has no
// processes.
type bubble struct {
	*node
	t     *testing.T
	lines *strings.Builder // of its log
}

// inBubble runs a test with time of its own.
func inBubble(t *testing.T, test func(t *testing.T, b *bubble)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{node: newNode("1"), t: t, lines: &strings.Builder{}}
		test(t, b)
		time.Sleep(time.Millisecond) // the engine counts dead letters for a nanosecond
		for _, self := range b.living() {
			t.Errorf("object %s has not ended", self.name)
		}
		b.router.Close()
		b.close()
	})
}

// keepLog has the bubble write down what is logged at level and above.
func (b *bubble) keepLog(level Level) {
	b.log.to(level, func(r *LogRecord) {
		b.lines.Write(append(r.AppendText(nil, false), '\n'))
	})
}

// object begins a function as an object of that name.
func (b *bubble) object(name string, run func(self *Context) error) *child {
	return b.begin(nil, &order{name: name, kind: runs(name, run), inProcess: true})
}

// below begins a function as a child of self.
func below(self *Context, name string, run func(self *Context) error) *PID {
	return self.begin(&order{name: name, kind: runs(name, run), inProcess: true}, nil)
}

func runs(name string, run func(self *Context) error) *kind {
	return &kind{name: name, run: func(self *Context, _, _ proto.Message) (proto.Message, error) {
		return &lifecycle.Ack{}, run(self)
	}}
}

// ends waits for the end of an object and gives its fault, if it has one.
func (b *bubble) ends(c *child) error {
	<-c.ended
	if fault := faultIn(c.outcome.GetValue()); fault != nil {
		return fault
	}
	return nil
}

// run runs a function as an object to its end. Its error fails the test.
func (b *bubble) run(run func(self *Context) error) {
	b.t.Helper()
	if err := b.ends(b.object("main", run)); err != nil {
		b.t.Error(err)
	}
}
