package joblog

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"github.com/ansar-go/ansar/actor"
)

// Entry is a line of a log, for programs.
type Entry struct {
	Time   string `json:"time"`   // UTC, with nine digits of the second
	Stream string `json:"stream"` // stdout, stderr, note, link, or log for a record of an object
	Level  string `json:"level"`  // of the record; console for stdout and notes, warning for stderr, object for links
	ID     string `json:"id,omitempty"`
	Name   string `json:"name,omitempty"` // of the object that logged, with its state if it has one
	Text   string `json:"text"`
	More   bool   `json:"more,omitempty"` // the line goes on in the next entry
}

// Entries reads a log and calls use for each line that is at least as serious as level,
// until use returns an error. raw is the line itself with its end, valid during the call.
// What is no line of a log is left out.
func Entries(r io.Reader, level actor.Level, use func(e *Entry, raw []byte) error) error {
	lines := bufio.NewReaderSize(r, 128<<10) // more than the longest line that is written
	for {
		raw, err := lines.ReadSlice('\n')
		if e, at, ok := entryOf(bytes.TrimSuffix(raw, []byte("\n"))); ok && at >= level {
			if err := use(e, raw); err != nil {
				return err
			}
		}
		for err == bufio.ErrBufferFull { //nolint:errorlint // it is never wrapped
			_, err = lines.ReadSlice('\n')
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// entryOf reads a line, and how serious it is.
func entryOf(line []byte) (*Entry, actor.Level, bool) {
	mark, text, ok := cutLine(line)
	if !ok || len(mark) == 0 {
		return nil, 0, false
	}
	e := &Entry{Time: string(line[:stampLength]), Text: string(text), More: len(mark) > 1}
	level := (&actor.LogRecord{Tag: string(mark[:1])}).Level()
	switch mark[0] {
	case markStdout:
		e.Stream = "stdout"
	case markStderr:
		e.Stream = "stderr"
	case markNote:
		e.Stream, level = "note", actor.LevelConsole
	case markLink:
		e.Stream, level = "link", actor.LevelObject
	default:
		e.Stream = "log"
		e.ID, e.Name, e.Text = cutRecord(e.Text)
	}
	e.Level = level.String()
	return e, level, true
}

// cutRecord cuts the text of a record: <id>name[state] - text.
func cutRecord(text string) (id, name, rest string) {
	inner, found := strings.CutPrefix(text, "<")
	id, inner, closed := strings.Cut(inner, ">")
	name, rest, named := strings.Cut(inner, " - ")
	if !found || !closed || !named {
		return "", "", text
	}
	return id, name, rest
}
