package actor

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"
)

// A line is what the record would be as text.
func TestLinesAreRecordsAsText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var line string
		l := newLog()
		l.linesTo(LevelDebug, func(text []byte) { line = string(text) })
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[ -~]{0,40}`), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
		name, state, shown := text.Draw(t, "name"), text.Draw(t, "state"), text.Draw(t, "text")
		if rapid.Bool().Draw(t, "format") {
			l.line(tagConsole, "00000008", name, state, "%s and %d", shown, 7)
			shown += " and 7"
		} else {
			l.line(tagConsole, "00000008", name, state, shown)
		}
		r := &LogRecord{Time: timestamppb.Now(), Tag: string(rune(tagConsole)), Id: "00000008", Name: name, State: state, Text: shown}
		want := string(r.AppendText(nil, false)) + "\n"
		if line[len(stamp):] != want[len(stamp):] {
			t.Fatalf("line %q, want %q", line, want)
		}
	})
}

func TestTimesOfLines(t *testing.T) {
	for _, at := range []time.Time{
		time.Unix(0, 0), time.Unix(1, 999_999_999), time.Unix(1, 1_000_000), time.Unix(-1, 500), time.Date(2026, 2, 28, 23, 59, 59, 12e6, time.FixedZone("", 3600)),
	} {
		if got, want := string(newReading(at).append(nil, 0)), at.UTC().Format(stamp); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// A line has the time of the system to the millisecond, whenever it is written.
func TestClockOfLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c clock
		time.Sleep(400 * time.Microsecond)
		for i := range 500 {
			time.Sleep(time.Duration(i%7) * 900 * time.Microsecond)
			if i%100 == 0 {
				time.Sleep(time.Hour)
			}
			if got, want := string(c.append(nil)), time.Now().UTC().Format(stamp); got != want {
				t.Fatalf("%s, want %s", got, want)
			}
		}
	})
}

// logs is shown by a line, and logs itself.
type logs struct{ l *log }

func (s logs) String() string {
	s.l.line(tagConsole, "1", "inner", "", "inner")
	return "outer"
}

func TestLinesHammer(t *testing.T) {
	const writers, each = 8, 500
	seen := map[string]int{}
	var mu sync.Mutex // guards seen
	l := newLog()
	l.linesTo(LevelDebug, func(line []byte) {
		mu.Lock()
		defer mu.Unlock()
		_, text, _ := strings.Cut(strings.TrimSuffix(string(line), "\n"), " - ")
		seen[text]++
	})
	var wait sync.WaitGroup
	for w := range writers {
		wait.Go(func() {
			for i := range each {
				l.line(tagConsole, "1", "writer", "", "%d of %d %s", i, w, strings.Repeat("x", i))
				if i%100 == 0 {
					l.line(tagConsole, "1", "writer", "", "%v", logs{l})
				}
			}
		})
	}
	wait.Wait()
	for w := range writers {
		for i := range each {
			if n := seen[fmt.Sprintf("%d of %d %s", i, w, strings.Repeat("x", i))]; n != 1 {
				t.Fatalf("line %d of %d came %d times", i, w, n)
			}
		}
	}
	if seen["inner"] != seen["outer"] || seen["outer"] != writers*each/100 {
		t.Errorf("%d inner and %d outer lines", seen["inner"], seen["outer"])
	}
}

func BenchmarkLine(b *testing.B) {
	l := newLog()
	b.Run("as text", func(b *testing.B) {
		l.linesTo(LevelDebug, func([]byte) {})
		for i := 0; b.Loop(); i++ {
			l.line(tagConsole, "00000008", "snooze", "", "%06d %s", i, "and sixty bytes of a text that is about as long as others are")
		}
	})
	b.Run("as a record", func(b *testing.B) {
		l.to(LevelDebug, func(r *LogRecord) { _ = r.AppendText(nil, false) })
		for i := 0; b.Loop(); i++ {
			l.line(tagConsole, "00000008", "snooze", "", "%06d %s", i, "and sixty bytes of a text that is about as long as others are")
		}
	})
}
