package actor

import (
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/lifecycle"
)

// retry is the machine behind [Retrying].
type retry struct {
	kind     *kind // what is tried
	settings proto.Message
	input    proto.Message
	next     func() (time.Duration, bool)

	state    retryState
	attempts uint32
	child    *PID   // the last attempt
	reason   string // of the stop, in retryClearing
}

// retryState is what a retry is doing.
type retryState int

const (
	retryInitial    retryState = iota
	retryAttempting            // an attempt is at work
	retryPausing               // until the next one
	retryClearing              // an attempt was told to stop
	numRetryStates
)

var retryNames = [numRetryStates]State{"INITIAL", "ATTEMPTING", "PAUSING", "CLEARING"}

func (s retryState) name() State { return retryNames[s] }

// retryEvent is what can happen to a retry.
type retryEvent int

const (
	revStart retryEvent = iota
	revEnd              // of the attempt, with what is not tried again
	revAgain            // end of the attempt, with what is
	revTime             // the pause is over
	revStop
	revMail // something for the attempt
	numRetryEvents
)

// retryLife is total.
var retryLife = [numRetryStates][numRetryEvents]func(*retry, *Context, Message) retryState{
	retryInitial: {
		revStart: (*retry).attempt,
		revEnd:   (*retry).stay, // cannot happen: nothing was begun
		revAgain: (*retry).stay, // as above
		revTime:  (*retry).stay, // cannot happen: no timer was started
		revStop:  (*retry).stay, // cannot happen: a machine hears Start first
		revMail:  (*retry).stay, // as above
	},
	retryAttempting: {
		revStart: (*retry).pass, // not the first: somebody sent it
		revEnd:   (*retry).finish,
		revAgain: (*retry).pause,
		revTime:  (*retry).stay, // cannot happen: the timer fired once
		revStop:  (*retry).clear,
		revMail:  (*retry).pass,
	},
	retryPausing: {
		revStart: (*retry).stay, // cannot happen: it is not selected
		revEnd:   (*retry).stay, // as above: the attempt has ended
		revAgain: (*retry).stay, // as above
		revTime:  (*retry).attempt,
		revStop:  (*retry).abort,
		revMail:  (*retry).stay, // cannot happen: it is not selected, and waits for the next attempt
	},
	retryClearing: {
		revStart: (*retry).stay, // cannot happen: it is not selected
		revEnd:   (*retry).finish,
		revAgain: (*retry).abort, // it ended before it was told to stop
		revTime:  (*retry).stay,  // cannot happen: it is not selected
		revStop:  (*retry).stay,  // cannot happen twice
		revMail:  (*retry).stay,  // cannot happen: it is not selected
	},
}

// Receive implements [Machine].
func (r *retry) Receive(self *Context, m Message) State {
	r.state = retryLife[r.state][r.event(self, m)](r, self, m)
	return r.state.name()
}

// stay changes nothing.
func (r *retry) stay(*Context, Message) retryState { return r.state }

// wants are the messages that may come in each state: none but the timer's in a
// pause, so that what is sent meanwhile waits for the next attempt.
func (r *retry) wants(self *Context) []Kind {
	switch r.state {
	case retryPausing:
		return []Kind{T1.From(timerOf(self.node))}
	case retryClearing:
		return []Kind{KindOf[*lifecycle.Completed]().From(r.child)}
	}
	return nil
}

// event is what a message means to the retry.
func (r *retry) event(self *Context, m Message) retryEvent {
	switch body := m.Body.(type) {
	case *lifecycle.Start:
		return revStart
	case *lifecycle.Stop:
		return revStop
	case *lifecycle.T1:
		if m.From.Equal(timerOf(self.node)) {
			return revTime
		}
	case *lifecycle.Completed:
		if r.child == nil || !m.From.Equal(r.child) {
			break
		}
		fault := faultIn(body.GetValue())
		if _, maybe := fault.(*lifecycle.Maybe); maybe || r.resumable(fault) != nil {
			return revAgain
		}
		return revEnd
	}
	return revMail
}

func timerOf(n *node) *PID { return &PID{Address: n.address, Id: timerID} }
