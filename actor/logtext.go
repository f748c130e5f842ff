package actor

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"time"
	"unicode/utf8"
)

// stamp is the time of a line: UTC with milliseconds.
const stamp = "2006-01-02T15:04:05.000"

// AppendText appends the record as one line of text without the newline:
//
//	[00438217] 2023-04-06T01:52:17.317 ^ <00000009>snooze - Do nothing for 2.0 seconds
//
// The process id is left out where withPid is false, as in a role's own log.
// Text of many lines, and what is no printable UTF-8, is escaped, so that a
// record is always one line.
func (r *LogRecord) AppendText(line []byte, withPid bool) []byte {
	if withPid {
		pid := strconv.Itoa(int(r.GetPid()))
		line = append(line, '[')
		for range 8 - len(pid) {
			line = append(line, '0')
		}
		line = append(append(line, pid...), "] "...)
	}
	line = r.GetTime().AsTime().AppendFormat(line, stamp)
	line = append(line, ' ', r.shownTag(), ' ', '<')
	line = append(append(line, r.GetId()...), '>')
	line = appendEscaped(line, r.GetName())
	if r.GetState() != "" {
		line = append(appendEscaped(append(line, '['), r.GetState()), ']')
	}
	return appendEscaped(append(line, " - "...), r.GetText())
}

// AppendJSON appends the record as one JSON object without a newline.
func (r *LogRecord) AppendJSON(line []byte) []byte {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(struct {
		Time  string `json:"time"`
		Level string `json:"level"`
		Tag   string `json:"tag"`
		Pid   int32  `json:"pid"`
		ID    string `json:"id,omitempty"`
		Name  string `json:"name"`
		State string `json:"state,omitempty"`
		Text  string `json:"text"`
	}{
		r.GetTime().AsTime().Format(time.RFC3339Nano), levelOf((r.GetTag() + " ")[0]).String(), string(r.shownTag()),
		r.GetPid(), r.GetId(), r.GetName(), r.GetState(), r.GetText(),
	})
	return append(line, bytes.TrimRight(buffer.Bytes(), "\n")...)
}

// TextSink gives a sink that writes lines of text with process ids to w.
func TextSink(w io.Writer) Sink {
	return func(r *LogRecord) { _, _ = w.Write(append(r.AppendText(nil, true), '\n')) }
}

// JSONSink gives a sink that writes lines of JSON to w.
func JSONSink(w io.Writer) Sink {
	return func(r *LogRecord) { _, _ = w.Write(append(r.AppendJSON(nil), '\n')) }
}

func (r *LogRecord) shownTag() byte {
	switch tag := (r.GetTag() + " ")[0]; tag {
	case tagStdout:
		return tagConsole
	case tagStderr:
		return tagWarning
	default:
		return tag
	}
}

func appendEscaped(line []byte, text string) []byte {
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != 0x7f || c == '\t' {
				line = append(line, c)
			} else {
				line = appendControl(line, c)
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 || !strconv.IsPrint(r) {
			for _, b := range []byte(text[i : i+size]) {
				line = appendControl(line, b)
			}
		} else {
			line = append(line, text[i:i+size]...)
		}
		i += size
	}
	return line
}

func appendControl(line []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	if c == '\n' {
		return append(line, '\\', 'n')
	}
	return append(line, '\\', 'x', hex[c>>4], hex[c&15])
}
