package link

import "errors"

var (
	// ErrNoRoute is returned for a process that ended or cannot be reached
	// any more. It is for good: an address is never used again.
	ErrNoRoute = errors.New("process cannot be reached")

	// ErrTooLarge is wrapped by the error for a message over the limit for
	// one message. The text names its type and its size.
	ErrTooLarge = errors.New("message too large")

	// ErrProtocol is wrapped by the error that [Handler.Closed] gets when the
	// other side wrote something that is not of the protocol.
	ErrProtocol = errors.New("not the link protocol")

	// ErrVersion is wrapped by the error that [Handler.Closed] gets when the
	// other side speaks another major version. The text names both.
	ErrVersion = errors.New("link protocol version differs")
)
