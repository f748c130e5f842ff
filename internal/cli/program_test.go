package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/proctest"
	"github.com/ansar-go/ansar/internal/settings"
	"github.com/ansar-go/ansar/internal/settings/settingstest"
)

// script makes an executable of the text of a shell script.
func script(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDescribeRefusesWhatIsNotOurs(t *testing.T) {
	tests := []struct {
		name string
		text string
		want string
	}{
		{"it fails, and says why last", "echo usage >&2; echo no such flag >&2; exit 3", "--dump-schema ended with exit status 3 (no such flag)"},
		{"it is killed", "kill -KILL $$", "--dump-schema ended with signal: killed"},
		{"it prints nothing", "true", "--dump-schema printed something else"},
		{"it prints something else", "echo hello", "--dump-schema printed something else"},
		{"it does not end, nor does what it has started", "sleep 1000 & sleep 1000", "--dump-schema did not end within 200ms"},
		{"what it has started holds its output", "sleep 1000 & exit 0", "--dump-schema left a process behind"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			proctest.Mark(t)
			path := script(t, filepath.Join(t.TempDir(), "program"), tt.text)
			_, _, err := describe(t.Context(), path, 200*time.Millisecond)
			if want := "cannot use executable " + path + ", it is not a framework executable: " + tt.want; err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

func TestDescribeOfWhatCannotBeStarted(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"no program at all":     {"just text\n", "the file is not an executable program"},
		"no interpreter for it": {"#!/absent/interpreter\n", "it cannot be started: no such file or directory"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "program")
			if err := os.WriteFile(path, []byte(tt.text), 0o700); err != nil {
				t.Fatal(err)
			}
			_, _, err := describe(t.Context(), path, time.Hour)
			if want := "cannot use executable " + path + ", " + tt.want; err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

func TestDescribeEndsWithItsContext(t *testing.T) {
	proctest.Mark(t)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	path := script(t, filepath.Join(t.TempDir(), "program"), "sleep 1000")
	if _, _, err := describe(ctx, path, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

// A program is asked again if it is newer than what it has said, and what it has
// said counts if it cannot be asked.
func TestProgramIsAskedWhenItIsNewer(t *testing.T) {
	bin := t.TempDir()
	h, err := home.Create(filepath.Join(t.TempDir(), "home"), map[home.Area]string{home.Bin: bin})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(bin, "program")
	says := func(seconds float64) {
		data := filepath.Join(t.TempDir(), "schema")
		text := settings.Describe("program", &settingstest.Robot{Seconds: seconds}, nil, nil)
		if err := os.WriteFile(data, text, 0o600); err != nil {
			t.Fatal(err)
		}
		script(t, path, "cat "+data)
	}
	ask := func(t *testing.T, want float64) {
		t.Helper()
		p, err := newPrograms(t.Context(), h).get("program")
		if err != nil {
			t.Fatal(err)
		}
		got := p.Settings().ProtoReflect()
		if s := got.Get(got.Descriptor().Fields().ByName("seconds")).Float(); s != want {
			t.Errorf("it has declared %v, want %v", s, want)
		}
	}
	says(1)
	ask(t, 1)
	says(2)
	touch(t, path, -time.Hour)
	ask(t, 1) // it is older
	touch(t, path, time.Hour)
	ask(t, 2)
	script(t, path, "exit 1")
	touch(t, path, 2*time.Hour)
	ask(t, 2)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	ask(t, 2)
	if err := h.Store(home.Schema, "program", []byte("damaged")); err != nil {
		t.Fatal(err)
	}
	if _, err := newPrograms(t.Context(), h).get("program"); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("the error is %v", err)
	}
}

func touch(t *testing.T, path string, after time.Duration) {
	t.Helper()
	at := time.Now().Add(after)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}
