package link

import "github.com/ansar-go/ansar/internal/link/linkpb"

// PID is the address of an object: the path of its process in the tree, such
// as "1.4.2", and its id within that process.
type PID struct{ Address, ID string }

// String returns the address and the id with a slash between them.
func (p PID) String() string { return p.Address + "/" + p.ID }

// Reason says why a watched object is gone.
type Reason int32

const (
	// ReasonEnded says that the object ended.
	ReasonEnded = Reason(linkpb.Terminated_REASON_UNSPECIFIED)

	// ReasonNotFound says that there was no such object when the watch began.
	ReasonNotFound = Reason(linkpb.Terminated_REASON_NOT_FOUND)

	// ReasonProcessGone says that the object's process ended or cannot be
	// reached any more.
	ReasonProcessGone = Reason(linkpb.Terminated_REASON_PROCESS_GONE)
)

// Message is one message for an object of this process.
type Message struct {
	Target PID
	Sender PID // ID is empty if there is nobody to answer

	// Type is the full name of the protobuf message, Payload its encoding. The
	// bytes are valid until Deliver returns, or until Free is called.
	Type    string
	Payload []byte

	// Free is not nil for a large message, whose bytes are the receiver's until
	// it calls Free, from any goroutine, so that the memory can be used again.
	// It need not be called.
	Free func()

	// Done returns the credit of the message. It is never nil, and whoever
	// got the message must call it exactly once, from any goroutine. It does
	// not block.
	Done func()
}

// Local is the process behind a [Router]. Its methods are called from the
// goroutines that read the links, one link's calls in order, and must not
// block.
type Local interface {
	// Deliver hands over a message for an object of this process. Its bytes are
	// the reader's and are used again after Deliver has returned. Done must be
	// called when the object has consumed the message or it was thrown away.
	Deliver(m Message)

	// Watch asks that [Router.Terminated] is called once when target, an
	// object of this process, ends, or at once if there is none.
	Watch(target, watcher PID)

	// Unwatch takes a Watch back: the watcher, or its process, has gone.
	Unwatch(target, watcher PID)

	// Terminated tells watcher, an object of this process, that who is gone.
	// It comes once for a [Router.Watch], after every message that who sent
	// to this process. It may be called from within [Router.Watch].
	Terminated(watcher, who PID, reason Reason)
}

// Handler gets the frames that are about one link. Its methods are called
// from the goroutine that reads the link, in the order in which the frames
// came, and must not block.
type Handler interface {
	// Hello is called first, once. Without it no other method but Closed is.
	Hello(*linkpb.Hello)

	// Begin and Stop come from a parent. A Stop overtakes, so it may come
	// before the Begin, and more than once.
	Begin(*linkpb.Begin)
	Stop(*linkpb.Stop)

	// Ready, Log and Completed come from a child.
	Ready()
	Log(*linkpb.Log)
	Completed(*linkpb.Completed)

	// Closed is called last, exactly once, after everything that was received
	// was handed over and after the watches that went over the link have been
	// answered. The link is closed in both directions by then.
	//
	// err is io.EOF if the other side closed or ended, os.ErrClosed after
	// [Link.Close], or matches [ErrProtocol] or [ErrVersion].
	Closed(err error)
}
