package link

import (
	"bytes"
	"errors"
	"io"
	"os"
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/link/linkpb"
)

// node is a process of a test: a Router with a Local that keeps what comes.
type node struct {
	router *Router

	// onDeliver is called instead of consuming the message at once. Set it
	// before the first link is added.
	onDeliver func(Message)

	mu         sync.Mutex // guards the fields below
	changed    sync.Cond
	messages   []Message
	watched    []watch
	unwatched  []watch
	terminated []ended
}

type ended struct {
	watcher, who PID
	reason       Reason
}

func newNode(address string, opts *RouterOptions) *node {
	n := new(node)
	n.changed.L = &n.mu
	n.router = NewRouter(address, n, opts)
	return n
}

func (n *node) note(f func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	f()
	n.changed.Broadcast()
}

// await waits until ok, which is called under the lock, is true.
func (n *node) await(ok func() bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for !ok() {
		n.changed.Wait()
	}
}

func (n *node) Deliver(m Message) {
	if n.onDeliver != nil {
		n.onDeliver(m)
		return
	}
	m.Payload = bytes.Clone(m.Payload) // it is the reader's after Deliver
	n.note(func() { n.messages = append(n.messages, m) })
	m.Done()
}

func (n *node) Watch(target, watcher PID) {
	n.note(func() { n.watched = append(n.watched, watch{target, watcher}) })
}

func (n *node) Unwatch(target, watcher PID) {
	n.note(func() { n.unwatched = append(n.unwatched, watch{target, watcher}) })
}

func (n *node) Terminated(watcher, who PID, reason Reason) {
	n.note(func() { n.terminated = append(n.terminated, ended{watcher, who, reason}) })
}

// pid is an object of the node.
func (n *node) pid(id string) PID { return PID{n.router.Self(), id} }

// handler keeps the frames of one link.
type handler struct {
	mu     sync.Mutex // guards frames
	frames []proto.Message

	first  chan *linkpb.Hello // of capacity 1
	closed chan error         // of capacity 1
}

func newHandler() *handler {
	return &handler{first: make(chan *linkpb.Hello, 1), closed: make(chan error, 1)}
}

func (h *handler) add(m proto.Message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.frames = append(h.frames, m)
}

func (h *handler) Hello(m *linkpb.Hello)         { h.add(m); h.first <- m }
func (h *handler) Begin(m *linkpb.Begin)         { h.add(m) }
func (h *handler) Ready()                        { h.add(&linkpb.Ready{}) }
func (h *handler) Stop(m *linkpb.Stop)           { h.add(m) }
func (h *handler) Log(m *linkpb.Log)             { h.add(m) }
func (h *handler) Completed(m *linkpb.Completed) { h.add(m) }
func (h *handler) Closed(err error)              { h.closed <- err }

// kinds names the frames that came, in order.
func (h *handler) kinds() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var names []string
	for _, m := range h.frames {
		names = append(names, string(m.ProtoReflect().Descriptor().Name()))
	}
	return names
}

// joint is a link between a parent and a child with both its ends.
type joint struct {
	up, down   *Link // up belongs to the child, down to the parent
	hUp, hDown *handler
}

// join links a parent and a child, and greets.
func join(t testing.TB, parent, child *node) *joint {
	t.Helper()
	a, b := Pipe()
	return joinOver(t, parent, child, a, b)
}

func joinOver(t testing.TB, parent, child *node, a, b io.ReadWriteCloser) *joint {
	t.Helper()
	j := &joint{hUp: newHandler(), hDown: newHandler()}
	j.down = parent.router.AddChild(child.router.Self(), a, j.hDown)
	j.up = child.router.AddParent(b, j.hUp)
	for _, l := range []*Link{j.down, j.up} {
		if err := l.Hello(&linkpb.Hello{Name: "test", Pid: int32(os.Getpid())}); err != nil {
			t.Fatal(err)
		}
	}
	<-j.hUp.first
	<-j.hDown.first
	t.Cleanup(func() {
		parent.router.Close()
		child.router.Close()
	})
	return j
}

func isNoRoute(err error) bool { return errors.Is(err, ErrNoRoute) }
