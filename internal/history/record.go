package history

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/ansar-go/ansar/internal/home"
)

// Events of a record.
const (
	began    = "begin"
	ready    = "ready"
	stopping = "stopping"
	ended    = "end"
	failed   = "failed"
)

// record is a line of the file.
type record struct {
	Run   shown      `json:"run"`
	Event string     `json:"event"`
	Time  time.Time  `json:"time"`
	Begin *beginning `json:"begin,omitempty"` // of begin
	By    string     `json:"by,omitempty"`    // of stopping
	Why   string     `json:"why,omitempty"`   // of failed
	End   *Ending    `json:"end,omitempty"`   // of end
}

// shown is the number of a run as files and people have it: the first is 0. In
// the code 0 stands for no run.
type shown int

// MarshalJSON implements [json.Marshaler].
func (n shown) MarshalJSON() ([]byte, error) { return json.Marshal(int(n) - 1) }

// UnmarshalJSON implements [json.Unmarshaler].
func (n *shown) UnmarshalJSON(text []byte) error {
	var number int
	err := json.Unmarshal(text, &number)
	*n = shown(number + 1)
	return err
}

// beginning is what only the first record of a run says.
type beginning struct {
	Executable string       `json:"executable,omitempty"`
	Digest     string       `json:"digest,omitempty"`
	By         string       `json:"by,omitempty"`
	Restart    int          `json:"restart,omitempty"`
	Process    home.Process `json:"process"`
	Parent     home.Process `json:"parent,omitzero"`
	Crashes    int64        `json:"crashes,omitempty"`
}

// line is the record with its newline.
func (r *record) line() ([]byte, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	err := e.Encode(r)
	return text.Bytes(), err
}

// parse reads a line without its newline. ok is false for one that is damaged. A
// record of an event that is not known here is none of ours, and nil.
func parse(line []byte) (r *record, ok bool) {
	r = new(record)
	if json.Unmarshal(line, r) != nil || r.Run < 1 {
		return nil, false
	}
	switch r.Event {
	case began:
		return r, r.Begin != nil
	case ended:
		return r, r.End != nil && r.End.How != ""
	case ready, stopping, failed:
		return r, true
	}
	return nil, r.Event != ""
}

// now is the time as records have it.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// add applies a record to its run.
func (r *Run) add(rec *record) {
	switch rec.Event {
	case began:
		if r.process.PID != 0 {
			return
		}
		b := rec.Begin
		r.Executable, r.Digest, r.By, r.Restart = b.Executable, b.Digest, b.By, b.Restart
		r.Started, r.PID = rec.Time, b.Process.PID
		r.process, r.parent, r.crashes = b.Process, b.Parent, b.Crashes
	case ready:
		if r.Ready.IsZero() {
			r.Ready = rec.Time
		}
	case stopping:
		r.Stops = append(r.Stops, Stop{rec.Time, rec.By})
	case ended:
		if r.End == nil || !r.End.exact() && rec.End.exact() {
			if r.End != nil && rec.End.Failed == "" {
				rec.End.Failed = r.End.Failed
			}
			r.End = rec.End
		}
	case failed:
		if r.End != nil {
			r.End.Failed = rec.Why
		}
	}
}
