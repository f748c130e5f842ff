package formats

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// A report in Markdown has a row for each job that needs a look, whatever the texts are.
func TestMarkdown(t *testing.T) {
	write := func(r *schedulepb.Report, fine bool) string {
		var text bytes.Buffer
		if err := Markdown(&text, r, fine); err != nil {
			t.Fatal(err)
		}
		return text.String()
	}
	golden(t, "report.md", []byte(write(sample(), false)))

	many := large(300, 4)
	if short, long := write(many, false), write(many, true); strings.Count(short, "\n") >= strings.Count(long, "\n") || !strings.Contains(short, "jobs that are fine\n") {
		t.Errorf("of many jobs the fine ones are not left out:\n%s", short)
	}

	hostile := sample()
	for _, j := range hostile.Jobs {
		j.Cause = &schedulepb.Cause{Text: "| **x** <b>@team</b> [a](http://evil) `c`\n\n# title\x1b[31m ![i](www.evil.org) ~~s~~"}
	}
	text := write(hostile, true)
	rows := 0
	cells := regexp.MustCompile(`[^\\]\|`)
	for line := range strings.Lines(text) {
		if !strings.Contains(line, "evil") {
			continue
		}
		rows++
		if got := len(cells.FindAllString(" "+line, -1)); got != 6 {
			t.Errorf("a row has %d bars: %s", got, line)
		}
		if m := regexp.MustCompile("[^\\\\][*`\\[!~#]|[<>@]|://|www\\.|\x1b").FindString(strings.ReplaceAll(line, "&#", "")); m != "" {
			t.Errorf("%q is markup: %s", m, line)
		}
	}
	if rows != len(hostile.Jobs) {
		t.Errorf("%d rows, want %d", rows, len(hostile.Jobs))
	}
}
