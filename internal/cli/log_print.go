package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/ansar-go/ansar/internal/logstore"
)

// linePrinter prints lines of logs in one of several ways.
type linePrinter struct {
	out    *bufio.Writer
	flags  *logFlags
	width  int // of the column of roles, 0: there is none
	colour bool
}

func newLinePrinter(f *logFlags, terminal io.Writer, out *bufio.Writer, sources []logstore.Source, named bool) *linePrinter {
	p := &linePrinter{out: out, flags: f}
	if named {
		for _, s := range sources {
			p.width = max(p.width, len(s.Name))
		}
	}
	p.colour = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isTerminal(terminal)
	return p
}

func (p *linePrinter) print(line logstore.Line) error {
	switch {
	case p.flags.json:
		return p.json(line)
	case len(p.flags.sample) > 0:
		return p.sample(line)
	}
	if p.width > 0 {
		fmt.Fprintf(p.out, "%-*s ", p.width, line.Source)
	}
	text := line.Text
	if at, ok := line.Time(); ok && p.flags.clock {
		text = append([]byte(p.moment(at)), text[len(momentLayout(false)):]...)
	}
	begin, end := p.paint(line)
	_, _ = p.out.WriteString(begin) // the flush tells
	_, _ = p.out.Write(text)
	_, _ = p.out.WriteString(end)
	return p.out.WriteByte('\n') // with any error from before
}

func (p *linePrinter) moment(at time.Time) string {
	return at.In(p.flags.zone()).Format(momentLayout(p.flags.clock))
}

// colours are those of levels, as terminals are told.
var colours = map[string]string{
	"FAULT": "\x1b[31m", "WARNING": "\x1b[33m", "OBJECT": "\x1b[2m", "TRACE": "\x1b[2m", "DEBUG": "\x1b[2m",
}

// paint returns what has a terminal show a line in the colour of its level.
func (p *linePrinter) paint(line logstore.Line) (begin, end string) {
	tag, ok := line.Tag()
	if !p.colour || !ok {
		return "", ""
	}
	if begin = colours[logstore.LevelOf(tag)]; begin != "" {
		end = "\x1b[0m"
	}
	return begin, end
}

func (p *linePrinter) json(line logstore.Line) error {
	f := line.Fields()
	row := struct {
		Role  string `json:"role"`
		Time  string `json:"time,omitempty"`
		Level string `json:"level,omitempty"`
		Tag   string `json:"tag,omitempty"`
		ID    string `json:"id,omitempty"`
		Name  string `json:"name,omitempty"`
		State string `json:"state,omitempty"`
		Text  string `json:"text"`
	}{Role: line.Source, ID: f.ID, Name: f.Name, State: f.State, Text: f.Text}
	if f.Tag != 0 {
		row.Time = f.Time.In(p.flags.zone()).Format("2006-01-02T15:04:05.000Z07:00")
		row.Tag, row.Level = string(f.Tag), logstore.LevelOf(f.Tag)
	}
	encoder := json.NewEncoder(p.out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(row)
}

// sample prints the values of the columns, if the line has any of them.
func (p *linePrinter) sample(line logstore.Line) error {
	f := line.Fields()
	values := sampleValues(f.Text)
	var row []string
	if p.width > 0 {
		row = append(row, line.Source)
	}
	any := false
	for _, column := range p.flags.sample {
		value, ok := values[column]
		if column == "time" && !ok {
			value = p.moment(f.Time)
		}
		any = any || ok
		row = append(row, strings.ReplaceAll(value, "\t", " "))
	}
	if !any {
		return nil
	}
	_, err := fmt.Fprintln(p.out, strings.Join(row, "\t"))
	return err
}

// sampleValues reads name=value name=value. A value goes on until the next name.
func sampleValues(text string) map[string]string {
	values := map[string]string{}
	name := ""
	for _, part := range strings.Split(text, " ") {
		if before, after, ok := strings.Cut(part, "="); ok && before != "" {
			name = before
			values[name] = after
		} else if name != "" {
			values[name] += " " + part
		}
	}
	return values
}
