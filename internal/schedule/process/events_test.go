package process

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestEvents(t *testing.T) {
	tests := []struct {
		name   string
		script string
		want   []string // beginnings of lines
		lost   string
	}{
		{"none", "true", nil, ""},
		{"some", `echo '{"ok":true}' > $E; echo two > $E`, []string{`{"ok":true}`, "two"}, ""},
		{"the last before the end", "(echo one; echo two; echo three) > $E", []string{"one", "two", "three"}, ""},
		{"no newline at the end", "printf 'one\\ntwo' > $E", []string{"one", "two"}, ""},
		{"empty lines and those of Windows", "printf '\\n\\none\\r\\n\\r\\n' > $E", []string{"one"}, ""},
		{"garbage", "printf 'a\\001\\377b\\nc' > $E", []string{"a\x01\xffb", "c"}, ""},
		{"the longest line", "exec > $E; head -c 65536 /dev/zero | tr '\\0' x; echo; echo y", []string{"x", "y"}, ""},
		{"lines that are too long", "exec > $E; head -c 65537 /dev/zero | tr '\\0' x; echo; echo y; head -c 300000 /dev/zero", []string{"y"}, "2 lines of more than 65536 bytes"},
		{"it removes the file", "rm $E; echo x > $E", nil, ""},
		{"it holds the file open", "exec 9> $E; echo x >&9", []string{"x"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var lines []string
			path := filepath.Join(t.TempDir(), "events")
			e := ended(t, start(t, &Spec{
				Argv: sh(tt.script), Env: append(os.Environ(), "E="+path), EventsPath: path,
				Events: func(line []byte) { lines = append(lines, string(line)) },
			}))
			if e.EventsLost != tt.lost || len(lines) != len(tt.want) {
				t.Fatalf("%d lines, lost %q, %v; want %d, %q", len(lines), e.EventsLost, e.Exit, len(tt.want), tt.lost)
			}
			for i, want := range tt.want {
				if len(want) == 1 {
					lines[i] = lines[i][:1]
				}
				if diff := cmp.Diff(want, lines[i]); diff != "" {
					t.Errorf("line %d (-want +got):\n%s", i, diff)
				}
			}
			if _, err := os.Lstat(path); err == nil {
				t.Error("the FIFO is left")
			}
		})
	}
}

// A job that floods its channel waits, and is stopped like any other; nobody else waits for it.
func TestFlood(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events")
	lines := 0
	p := start(t, &Spec{
		Argv: sh("yes x > $E"), Env: append(os.Environ(), "E="+path), EventsPath: path,
		Events: func([]byte) { lines++ },
	})
	others := time.Now()
	for range 5 {
		ended(t, start(t, &Spec{Argv: []string{"true"}}))
	}
	if took := time.Since(others); took > 5*time.Second {
		t.Errorf("others took %v", took)
	}
	begun := time.Now()
	p.Stop("limit")
	e := ended(t, p)
	if took := time.Since(begun); took > 5*time.Second || e.KilledBy != "SIGTERM" {
		t.Errorf("it took %v to stop, by %q: %v", took, e.KilledBy, e.Exit)
	}
	// A second's lines at the most for each second begun, and after the end.
	if limit := pace*int(2+e.Exit.Took.Seconds()) + 64<<10; lines == 0 || lines > limit {
		t.Errorf("%d lines in %v", lines, e.Exit.Took)
	}
}

// Of what waits at the end no more is taken than in a second, and the loss is told.
func TestManyEventsAtTheEnd(t *testing.T) {
	taken := 0
	path := filepath.Join(t.TempDir(), "events")
	e, err := openEvents(path, nil, func([]byte) { taken++ })
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Repeat([]byte("y\n"), 20000), 0); err != nil {
		t.Error(err)
	}
	lost := 0
	_, _ = fmt.Sscanf(e.close(), "%d lines", &lost)
	if lost == 0 || taken+lost != 20000 {
		t.Errorf("%d lines taken, %d lost; want 20000 in all", taken, lost)
	}
}

// Many lines within the limit arrive complete and in order, from a slow reader too.
func TestEventsInOrder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events")
	var got, want bytes.Buffer
	for i := range 3000 {
		fmt.Fprintf(&want, "%d\n", i+1)
	}
	e := ended(t, start(t, &Spec{
		Argv: sh("seq 3000 > $E"), Env: append(os.Environ(), "E="+path), EventsPath: path,
		Events: func(line []byte) { got.Write(line); got.WriteByte('\n') },
	}))
	if diff := cmp.Diff(strings.Fields(want.String()), strings.Fields(got.String())); diff != "" || e.EventsLost != "" {
		t.Errorf("lost %q, lines (-want +got):\n%s", e.EventsLost, diff)
	}
}
