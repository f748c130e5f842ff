package actor

import (
	"sync"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/ansar-go/ansar/lifecycle"
)

// mail is one message on its way to an object of this process.
type mail struct {
	body       proto.Message // nil until unpack, for what came over a link
	packed     encoded
	from       *PID
	size       int
	generation uint64 // of the timer that sent it; 0 for all others
	done       func() // returns the sender's credit; nil if there is none
}

// encoded is a message as it came over a link. Whoever receives it decodes it,
// in a goroutine of its own: the reader of the link has others to serve.
type encoded struct {
	name    string // of its type; empty: there is nothing
	payload []byte
	free    func() // gives the memory of a large one back; may be nil
}

// name is the full name of the message's type.
func (m *mail) name() protoreflect.FullName {
	if m.body == nil {
		return protoreflect.FullName(m.packed.name)
	}
	return nameOf(m.body)
}

// unpack decodes the message. What cannot be read becomes a fault here, at its
// destination.
func (m *mail) unpack() {
	if m.body != nil {
		return
	}
	body, err := decode(m.packed.name, m.packed.payload)
	if err != nil {
		body = &lifecycle.Faulted{
			Cause: lifecycle.Faulted_CAUSE_UNKNOWN_TYPE, Condition: "cannot read a message", Explanation: err.Error(),
		}
	}
	m.body = body
	if m.packed.free != nil {
		m.packed.free()
	}
	m.packed = encoded{}
}

func (m *mail) consumed() {
	if m.done != nil {
		m.done()
		m.done = nil
	}
}

// window is how many bytes may wait in an inbox before senders in the same
// process wait too: the same bound that link puts on senders elsewhere.
const window = 1 << 20

// inbox holds what an object was sent and has not taken yet, in order. It
// takes whatever comes and never blocks; senders ask for room first.
type inbox struct {
	mu     sync.Mutex // guards the fields below
	queue  []*mail
	bytes  int
	closed bool
	wake   chan struct{} // holds a token after every change that a reader may wait for
	room   chan struct{} // closed when there is room again; nil while nobody waits
}

func newInbox() *inbox { return &inbox{wake: make(chan struct{}, 1)} }

// push appends m, or reports false if the object is gone.
func (in *inbox) push(m *mail) bool {
	in.mu.Lock()
	if in.closed {
		in.mu.Unlock()
		m.consumed()
		return false
	}
	in.queue = append(in.queue, m)
	in.bytes += m.size
	in.mu.Unlock()
	in.signal()
	return true
}

func (in *inbox) signal() {
	select {
	case in.wake <- struct{}{}:
	default:
	}
}

// take removes the first mail that match accepts. Mail that stale rejects is
// thrown away on the way.
func (in *inbox) take(match func(*mail) bool, stale func(*mail) bool) *mail {
	in.mu.Lock()
	var found *mail
	var thrown []*mail
	kept := in.queue[:0]
	for i, m := range in.queue {
		if stale(m) {
			thrown = append(thrown, m)
			continue
		}
		if match(m) {
			found = m
			if len(kept) == i && i == 0 { // the common case: the first one
				in.queue[0] = nil
				kept = in.queue[1:]
			} else {
				kept = append(kept, in.queue[i+1:]...)
				clear(in.queue[len(kept):])
			}
			break
		}
		kept = append(kept, m)
	}
	if found == nil {
		clear(in.queue[len(kept):])
	}
	in.queue = kept
	for _, m := range thrown {
		in.bytes -= m.size
	}
	if found != nil {
		in.bytes -= found.size
	}
	in.release()
	in.mu.Unlock()
	for _, m := range thrown {
		m.consumed()
	}
	if found != nil {
		found.consumed()
	}
	return found
}

// release lets waiting senders go on if there is room. Called with mu held.
func (in *inbox) release() {
	if in.room != nil && (in.bytes < window || in.closed) {
		close(in.room)
		in.room = nil
	}
}

// full gives a channel that is closed when there is room, or nil if there is.
func (in *inbox) full() <-chan struct{} {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed || in.bytes < window {
		return nil
	}
	if in.room == nil {
		in.room = make(chan struct{})
	}
	return in.room
}

// close throws away what is left and refuses what comes.
func (in *inbox) close() {
	in.mu.Lock()
	left := in.queue
	in.queue, in.bytes, in.closed = nil, 0, true
	in.release()
	in.mu.Unlock()
	for _, m := range left {
		m.consumed()
	}
}
