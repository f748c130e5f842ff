package cli

import (
	"bufio"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/logstore"
)

func TestPrintLine(t *testing.T) {
	zone := time.Local
	time.Local = time.FixedZone("two hours east", 2*3600)
	defer func() { time.Local = zone }()
	const (
		console = "2020-11-07T23:52:25.745 ^ <00000009>noop - Log this"
		machine = "2020-11-07T23:52:25.745 > <0000000a>Retry[PAUSING] - a \"quoted\" <text>"
		sample  = "2020-11-07T23:52:25.745 & <00000009>meter - load=1.5 memory=20 free of 30 a=b=c"
	)
	tests := []struct {
		name   string
		flags  logFlags
		line   string
		roles  []string // none: only one was asked for
		colour bool
		want   string
	}{
		{"as it is stored", logFlags{}, console, nil, false, console + "\n"},
		{"time of the local clock", logFlags{clock: true}, console, nil, false, "2020-11-08t01:52:25.745 ^ <00000009>noop - Log this\n"},
		{"one of several roles", logFlags{}, console, []string{"r", "noop-0"}, false, "r      " + console + "\n"},
		{"colour of a level", logFlags{}, machine, nil, true, "\x1b[2m" + machine + "\x1b[0m\n"},
		{"level without a colour", logFlags{}, console, nil, true, console + "\n"},
		{"no record", logFlags{clock: true}, "panic: oops", nil, true, "panic: oops\n"},
		{"JSON", logFlags{json: true}, machine, nil, false,
			`{"role":"r","time":"2020-11-07T23:52:25.745Z","level":"OBJECT","tag":">","id":"0000000a","name":"Retry","state":"PAUSING","text":"a \"quoted\" <text>"}` + "\n"},
		{"JSON with the local clock", logFlags{json: true, clock: true}, console, nil, false,
			`{"role":"r","time":"2020-11-08T01:52:25.745+02:00","level":"CONSOLE","tag":"^","id":"00000009","name":"noop","text":"Log this"}` + "\n"},
		{"JSON of no record", logFlags{json: true}, "panic: oops", nil, false, `{"role":"r","text":"panic: oops"}` + "\n"},
		{"columns", logFlags{sample: []string{"memory", "time", "load"}}, sample, nil, false, "20 free of 30\t2020-11-07T23:52:25.745\t1.5\n"},
		{"column with an equals sign", logFlags{sample: []string{"a"}}, sample, nil, false, "b=c\n"},
		{"column that is missing", logFlags{sample: []string{"load", "height"}}, sample, nil, false, "1.5\t\n"},
		{"sample without any of the columns", logFlags{sample: []string{"time", "height"}}, sample, nil, false, ""},
		{"columns of several roles", logFlags{sample: []string{"load"}}, sample, []string{"r"}, false, "r\t1.5\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var text strings.Builder
			out := bufio.NewWriter(&text)
			var sources []logstore.Source
			for _, role := range tt.roles {
				sources = append(sources, logstore.Source{Name: role})
			}
			p := newLinePrinter(&tt.flags, &text, out, sources, len(tt.roles) > 0)
			p.colour = tt.colour
			if err := p.print(logstore.Line{Source: "r", Text: []byte(tt.line)}); err != nil {
				t.Fatal(err)
			}
			if err := out.Flush(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, text.String()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

// The store knows the levels of tags as the objects that log do.
func TestLevelsOfStoredTags(t *testing.T) {
	for _, tag := range logstore.TagsFrom("DEBUG") {
		record := &actor.LogRecord{Tag: string(tag)}
		if got, want := logstore.LevelOf(byte(tag)), string(record.AppendJSON(nil)); !strings.Contains(want, `"level":"`+got+`"`) {
			t.Errorf("tag %c has the level %s, and in records %s", tag, got, want)
		}
	}
	for _, level := range levelNames[:6] {
		if logstore.TagsFrom(level) == "" {
			t.Errorf("level %s has no tags", level)
		}
	}
}
