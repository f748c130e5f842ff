package logstore

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// filled returns a folder with lines of some times, each with that as its text.
func filled(t testing.TB, budget int64, times ...time.Time) string {
	t.Helper()
	folder := t.TempDir()
	w := open(t, folder, budget)
	for _, at := range times {
		write(t, w, lineAt(at, at.Format("15:04:05.000")))
	}
	return folder
}

func every(step time.Duration, n int, begin time.Time) (times []time.Time) {
	for i := range n {
		times = append(times, begin.Add(time.Duration(i)*step))
	}
	return times
}

func read(t testing.TB, q *Query, sources ...Source) (lines []string) {
	t.Helper()
	for line, err := range Read(q, sources...) {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line.Text))
	}
	return lines
}

func TestReadByTime(t *testing.T) {
	folder := filled(t, 64<<10, every(time.Second, 500, at("10:00:00"))...) // until 10:08:19, several segments
	tests := []struct {
		name  string
		query Query
		want  []string
	}{
		{"begin is inclusive and end exclusive", Query{From: at("10:01:00"), To: at("10:01:02")}, []string{"10:01:00.000", "10:01:01.000"}},
		{"a begin between two lines", Query{From: at("10:01:00.5"), To: at("10:01:01.5")}, []string{"10:01:01.000"}},
		{"parts of a millisecond count", Query{From: at("10:01:00.0000001"), To: at("10:01:01.0000001")}, []string{"10:01:01.000"}},
		{"count is from the begin", Query{From: at("10:02:00"), Count: 2}, []string{"10:02:00.000", "10:02:01.000"}},
		{"count of everything", Query{Count: 1}, []string{"10:00:00.000"}},
		{"tail is up to the end", Query{Tail: 2}, []string{"10:08:18.000", "10:08:19.000"}},
		{"tail before an end", Query{To: at("10:03:00"), Tail: 2}, []string{"10:02:58.000", "10:02:59.000"}},
		{"tail does not go before the begin", Query{From: at("10:08:19"), Tail: 5}, []string{"10:08:19.000"}},
		{"count of a tail", Query{Tail: 3, Count: 1}, []string{"10:08:17.000"}},
		{"before the first", Query{To: at("10:00:00")}, nil},
		{"after the last", Query{From: at("11:00:00")}, nil},
		{"nothing between", Query{From: at("10:01:00.1"), To: at("10:01:00.9")}, nil},
		{"text", Query{Grep: regexp.MustCompile(`10:0[17]:00`)}, []string{"10:01:00.000", "10:07:00.000"}},
		{"tail of a text", Query{Grep: regexp.MustCompile(`:00\.`), Tail: 2}, []string{"10:07:00.000", "10:08:00.000"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, texts(read(t, &tt.query, Source{Name: "noop-0", Folder: folder}))); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadByTag(t *testing.T) {
	folder := t.TempDir()
	w := open(t, folder, 0)
	for i, tag := range "+^!?&_^" {
		write(t, w, fmt.Appendf(nil, "2020-11-07T10:00:0%d.000 %c <00000009>noop - %d\n", i, tag, i))
	}
	write(t, w, []byte("no record\n"))
	tests := []struct {
		name  string
		query Query
		want  []string
	}{
		{"one tag", Query{Tags: "^"}, []string{"1", "6"}},
		{"several tags", Query{Tags: "!?"}, []string{"2", "3"}},
		{"tail of a tag", Query{Tags: "^", Tail: 1}, []string{"6"}},
		{"a level and what is more serious", Query{Tags: TagsFrom("WARNING")}, []string{"2", "3"}},
		{"what is no record has no tag", Query{Tags: "nr"}, nil},
		{"what is no record has the time of the line above", Query{From: at("10:00:06")}, []string{"6", ""}},
		{"and from behind, too", Query{From: at("10:00:06"), Tail: 2}, []string{"6", ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, texts(read(t, &tt.query, Source{Name: "noop-0", Folder: folder}))); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLinesAfterTheClockWasPutBackAreFound(t *testing.T) {
	folder := t.TempDir()
	w := open(t, folder, 0)
	ahead, now := time.Now().Add(2*time.Hour), time.Now()
	write(t, w, lineAt(ahead, "ahead"), lineAt(now, "right"))
	if got := texts(read(t, &Query{To: now.Add(time.Minute)}, Source{Name: "noop-0", Folder: folder})); !slices.Equal(got, []string{"right"}) {
		t.Errorf("lines until a minute from now: %v", got)
	}
	if got := texts(read(t, &Query{From: ahead.Add(-time.Minute)}, Source{Name: "noop-0", Folder: folder})); !slices.Equal(got, []string{"ahead"}) {
		t.Errorf("lines from then on: %v", got)
	}
	if got := texts(read(t, &Query{Tail: 1}, Source{Name: "noop-0", Folder: folder})); !slices.Equal(got, []string{"right"}) {
		t.Errorf("last line: %v", got)
	}
}

func TestSeveralSourcesAreMergedByTime(t *testing.T) {
	begin := at("10:00:00")
	even := filled(t, 64<<10, every(2*time.Second, 300, begin)...)
	odd := filled(t, 64<<10, every(2*time.Second, 300, begin.Add(time.Second))...)
	sources := []Source{{Name: "even", Folder: even}, {Name: "odd", Folder: odd}, {Name: "none", Folder: filepath.Join(even, "absent")}}
	tests := []struct {
		name  string
		query Query
		want  []time.Time
	}{
		{"all", Query{}, every(time.Second, 600, begin)},
		{"window", Query{From: at("10:01:00"), To: at("10:02:00")}, every(time.Second, 60, at("10:01:00"))},
		{"count", Query{From: at("10:01:00"), Count: 3}, every(time.Second, 3, at("10:01:00"))},
		{"tail", Query{Tail: 3}, every(time.Second, 3, at("10:09:57"))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var want []string
			for _, at := range tt.want {
				name := "even"
				if at.Second()%2 == 1 {
					name = "odd"
				}
				want = append(want, name+" "+at.Format("15:04:05.000"))
			}
			var got []string
			for line, err := range Read(&tt.query, sources...) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, line.Source+" "+line.Fields().Text)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLinesOfAnyLengthAreRead(t *testing.T) {
	folder := t.TempDir()
	w := open(t, folder, 0)
	var want []string
	for i, n := range []int{1, 10, 3 << 20, 0, 64 << 10, 1 << 20, 5, 300 << 10} {
		text := strings.Repeat("x", n)
		want = append(want, text)
		write(t, w, lineAt(at("10:00:00").Add(time.Duration(i)*time.Minute), text))
	}
	source := Source{Name: "noop-0", Folder: folder}
	lengths := func(lines []string) (n []int) {
		for _, text := range texts(lines) {
			n = append(n, len(text))
		}
		return n
	}
	all := lengths(read(t, nil, source))
	if len(all) != len(want) {
		t.Fatalf("%d lines, want %d", len(all), len(want))
	}
	for i := range want {
		if all[i] != len(want[i]) {
			t.Errorf("line %d has %d bytes, want %d", i, all[i], len(want[i]))
		}
		from := at("10:00:00").Add(time.Duration(i) * time.Minute)
		if got := lengths(read(t, &Query{From: from, Count: 1}, source)); !slices.Equal(got, all[i:i+1]) {
			t.Errorf("line at minute %d has %v bytes, want %d", i, got, all[i])
		}
		if got := lengths(read(t, &Query{Tail: i + 1}, source)); !slices.Equal(got, all[len(all)-1-i:]) {
			t.Errorf("last %d lines have %v bytes, want %v", i+1, got, all[len(all)-1-i:])
		}
	}
}

func TestTornAndZeroedLinesAreRead(t *testing.T) {
	folder := t.TempDir()
	content := "2020-11-07T10:00:00.000 ^ <00000009>noop - first\n" +
		strings.Repeat("\x00", 9000) + "2020-11-07T10:00:01.000 ^ <00000009>noop - second\n" +
		strings.Repeat("\x00", 9000) + "\n" +
		"2020-11-07T10:00:02.000 ^ <00000009>noop - thi"
	if err := os.WriteFile(currentPath(folder), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"first", "second", "thi"}, texts(read(t, nil, Source{Name: "noop-0", Folder: folder}))); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	got, err := Tail(folder, 2)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"second", "thi"}, texts(got)); diff != "" {
		t.Errorf("tail (-want +got):\n%s", diff)
	}
}

func TestFields(t *testing.T) {
	tests := []struct {
		name, line string
		want       Fields
	}{
		{
			"a record", "2020-11-07T10:00:00.125 ^ <00000009>noop - Log this - and exit",
			Fields{Time: at("10:00:00.125"), Tag: '^', ID: "00000009", Name: "noop", Text: "Log this - and exit"},
		},
		{
			"of a machine", "2020-11-07T10:00:00.000 > <0000000a>Retry[PAUSING] - Sent",
			Fields{Time: at("10:00:00"), Tag: '>', ID: "0000000a", Name: "Retry", State: "PAUSING", Text: "Sent"},
		},
		{"no record", "panic: oops", Fields{Text: "panic: oops"}},
		{"the begin of one", "2020-11-07T10:00:00.125 ^ <000", Fields{Text: "2020-11-07T10:00:00.125 ^ <000"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Line{Text: []byte(tt.line)}.Fields()); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
		})
	}
}
