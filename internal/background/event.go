package background

import (
	"encoding/json"
	"io"
)

// Kind says what an [Event] tells.
type Kind string

// The events, in the order in which they come. Ready and Failed are the last
// word of a program.
const (
	Started Kind = "started" // its settings are good and the role is its own
	Ready   Kind = "ready"   // it does what it is for
	Failed  Kind = "failed"  // it could not start
)

// Event is something that a program tells its starter.
type Event struct {
	Kind Kind `json:"event"`

	PID int `json:"pid,omitempty"` // of Started: the process that plays the role
	Run int `json:"run,omitempty"` // of Started: its number in the history; 0: none was written

	Error  string `json:"error,omitempty"`  // of Failed: one line
	Locked int    `json:"locked,omitempty"` // of Failed: the process that plays the role already, 0 if none does
}

// Last reports whether no other event can follow.
func (e Event) Last() bool { return e.Kind == Ready || e.Kind == Failed }

const (
	lineLimit  = 64 << 10 // longer lines are none of ours
	errorLimit = 8 << 10  // however it is escaped, the pipe takes it whole: telling never waits
)

// Read returns the next event, and io.EOF when there is none any more: the
// program has said its last word, is gone, or was none of ours. What is no
// event is skipped, of any length. An error of r, such as a deadline that has
// passed, is returned as it is.
//
// A program that is none of ours may leave the pipe to others that live on: do
// not wait for the end of the pipe once the program has ended, but set a
// deadline in the past, read what is there, and stop.
//
// Read takes no more from r than the line.
func Read(r io.Reader) (Event, error) {
	for {
		line, err := readLine(r)
		if err != nil {
			return Event{}, err
		}
		var e Event
		if json.Unmarshal(line, &e) == nil && e.known() {
			return e, nil
		}
	}
}

func (e Event) known() bool {
	switch e.Kind {
	case Started:
		return e.PID > 0 && e.Run >= 0
	case Ready:
		return true
	case Failed:
		return e.Error != "" && e.Locked >= 0
	}
	return false
}

// readLine reads up to the newline, byte by byte: what follows is not ours to
// take, and all of it is three short lines in the life of a program. Of a line
// that is too long it returns the beginning.
func readLine(r io.Reader) ([]byte, error) {
	var line []byte
	for c := make([]byte, 1); ; {
		switch n, err := r.Read(c); {
		case n == 1 && c[0] == '\n':
			return line, nil
		case n == 1 && len(line) < lineLimit:
			line = append(line, c[0])
		case n == 0 && err != nil:
			return nil, err
		}
	}
}
