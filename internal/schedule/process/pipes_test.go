package process

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// A FIFO serves one command after another, unless somebody may still have it.
func TestPipes(t *testing.T) {
	tests := []struct {
		name   string
		script string
		held   int // how the test has it open meanwhile; -1: not at all
		want   bool
	}{
		{"nobody used it", "true", -1, true},
		{"it was used", "echo one > $E", -1, true},
		{"it was held open until the end", "exec 9> $E; echo one >&9; echo two >&9", -1, true},
		{"it has another name", "ln $E $E.too", -1, false},
		{"it has another mode", "chmod 640 $E", -1, false},
		{"it was removed", "rm $E", -1, false},
		{"a file is in its place", "rm $E; echo > $E", -1, false},
		{"another FIFO is in its place", "mkfifo -m 600 $E.new; mv $E.new $E", -1, false},
		{"somebody else may write to it", "true", unix.O_WRONLY, false},
		{"somebody else may read from it", "true", unix.O_RDONLY, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			pipes := NewPipes(t.TempDir(), 1)
			path := filepath.Join(dir, "events")
			gate := filepath.Join(dir, "gate")
			if err := unix.Mkfifo(gate, 0o600); err != nil {
				t.Fatal(err)
			}
			p := start(t, &Spec{
				Argv: sh("read go < $G; " + tt.script), Env: append(os.Environ(), "E="+path, "G="+gate),
				EventsPath: path, EventsPipes: pipes,
			})
			if tt.held >= 0 {
				fd, err := unix.Open(path, tt.held|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
				if err != nil {
					t.Fatal(err)
				}
				defer unix.Close(fd)
			}
			if err := os.WriteFile(gate, []byte("go\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			ended(t, p)
			if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("it is left: %v", err)
			}
			if got := pipes.take(filepath.Join(dir, "next")); got != tt.want {
				t.Fatalf("it is used again: %v, want %v", got, tt.want)
			}
			if is, err := os.Lstat(filepath.Join(dir, "next")); tt.want && (err != nil || is.Mode() != fs.ModeNamedPipe|0o600) {
				t.Errorf("what is used again is %v: %v", is, err)
			}
		})
	}
}

// What one command has left in its FIFO is not heard of the next one.
func TestPipesAreEmpty(t *testing.T) {
	dir := t.TempDir()
	pipes := NewPipes(t.TempDir(), 1)
	var heard []string
	for _, script := range []string{"printf half > $E", "echo whole > $E", "true"} {
		path := filepath.Join(dir, "events")
		ended(t, start(t, &Spec{
			Argv: sh(script), Env: append(os.Environ(), "E="+path), EventsPath: path, EventsPipes: pipes,
			Events: func(line []byte) { heard = append(heard, string(line)) },
		}))
	}
	if len(heard) != 2 || heard[0] != "half" || heard[1] != "whole" {
		t.Errorf("%q was heard", heard)
	}
}

// There is nothing to be taken where there are no pipes, and no path is taken from another.
func TestPipesTakeNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "there")
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	var none *Pipes
	pipes := NewPipes(t.TempDir(), 1)
	other := filepath.Join(dir, "events")
	ended(t, start(t, &Spec{Argv: []string{"true"}, EventsPath: other, EventsPipes: pipes}))
	if none.take(other) || pipes.take(path) {
		t.Error("something was taken")
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "text" {
		t.Errorf("%q, %v", text, err)
	}
	if !pipes.take(other) {
		t.Error("the FIFO was not kept")
	}
}
