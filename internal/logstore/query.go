package logstore

import (
	"bytes"
	"regexp"
	"strings"
	"time"
)

// Query says which lines are asked for. The zero value asks for all.
type Query struct {
	// From is the time of the first line, and To that before which all lines
	// are. Zero: no bound.
	From, To time.Time

	// Count is how many lines there are at most, from the begin. If zero, all.
	Count int

	// Tail is how many lines there are at most, up to the end. If zero, all; if
	// negative, none of those that are stored already.
	Tail int

	// Tags are the kinds of lines that are wanted, such as "!?". If empty, all.
	Tags string

	// Grep is matched against what follows the time. If nil, all lines match.
	Grep *regexp.Regexp

	// Hold is how long [Follow] keeps a line of one of several sources back,
	// from its time on, for one of another source that is earlier and comes
	// later. If zero, 50 ms; if negative, not at all.
	Hold time.Duration

	// Idle is called when [Follow] has no line and is about to wait. If nil, it
	// is not.
	Idle func()
}

func (q *Query) hold() time.Duration {
	switch {
	case q.Hold > 0:
		return q.Hold
	case q.Hold < 0:
		return 0
	}
	return 50 * time.Millisecond
}

// filter is a query in the form in which lines are compared with it.
type filter struct {
	tags           string
	grep           *regexp.Regexp
	from, to       stamp
	surelyBefore   stamp // a line before it has only lines before from above it
	surelyNotUntil stamp // a line not before it has none before to below it
}

func (q *Query) filter(from, to time.Time) *filter {
	f := &filter{tags: q.Tags, grep: q.Grep, to: forever, surelyNotUntil: forever}
	if !from.IsZero() {
		f.from = stampAt(from)
		f.surelyBefore = stampAt(from.Add(-Tolerance))
	}
	if !to.IsZero() {
		f.to = stampAt(to)
		f.surelyNotUntil = stampAt(to.Add(Tolerance))
	}
	return f
}

// inTime reports whether a time is asked for.
func (f *filter) inTime(s stamp) bool { return !s.before(f.from) && s.before(f.to) }

// shows reports whether a line of a time that is asked for is asked for itself.
func (f *filter) shows(line []byte) bool {
	if f.tags == "" && f.grep == nil {
		return true
	}
	text := line
	if stamped(line) {
		text = line[stampLen:]
	} else if f.tags != "" {
		return false
	}
	if f.tags != "" && (len(text) == 0 || strings.IndexByte(f.tags, text[0]) < 0) {
		return false
	}
	return f.grep == nil || f.grep.Match(text)
}

// clean takes from a line what only marks its end, and what a power cut or a
// file that was cut below its writer leaves before its begin.
func clean(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte{'\n'})
	if len(line) > 0 && line[0] == 0 {
		line = bytes.TrimLeft(line, "\x00")
	}
	return line
}
