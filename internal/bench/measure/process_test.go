package measure

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestCommands(t *testing.T) {
	tests := []struct {
		name    string
		measure Func
		err     string // part of the text; empty: none
		missing bool
	}{
		{"a command that ends well", Spawn(2, "true"), "", false},
		{"a command that fails", Spawn(2, "false"), "exit status 1", false},
		{"a command that does not exist", Spawn(2, "no-such-command"), "install it to compare", true},
		{"a program that prints its figure", Program("sh", "-c", "echo warming up; echo 12.5 ms"), "", false},
		{"a program that prints none", Program("sh", "-c", "echo hello"), `begins with "hello", want a number`, false},
		{"a program that fails says why", Program("sh", "-c", "echo no luck >&2; exit 3"), "exit status 3: no luck", false},
		{"a program that does not exist", Program("no-such-program"), "install it to compare", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			value, err := tt.measure(t.Context())
			if tt.err == "" && (err != nil || value <= 0) {
				t.Errorf("got %v, %v, want a figure", value, err)
			}
			if tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Errorf("error: %v, want %q", err, tt.err)
			}
			if got := errors.Is(err, ErrMissing); got != tt.missing {
				t.Errorf("missing: %v, want %v", got, tt.missing)
			}
		})
	}
}

// What is measured may have processes of its own: they end with the context.
func TestNothingOutlivesItsContext(t *testing.T) {
	tests := []struct {
		name    string
		measure func(script string) Func
	}{
		{"spawn", func(script string) Func { return Spawn(1, "sh", "-c", script) }},
		{"program", func(script string) Func { return Program("sh", "-c", script) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fifo := filepath.Join(t.TempDir(), "alive")
			if err := syscall.Mkfifo(fifo, 0o600); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() {
				_, err := tt.measure("exec 9>" + fifo + "; echo up >&9; sleep 600 & sleep 600")(ctx)
				ended <- err
			}()
			alive, err := os.Open(fifo) // waits for a writer
			if err != nil {
				t.Fatal(err)
			}
			defer alive.Close()
			if _, err := io.ReadFull(alive, make([]byte, 3)); err != nil {
				t.Fatal(err)
			}
			cancel()
			if err := <-ended; err == nil {
				t.Error("no error")
			}
			// The last process that holds the pipe is gone when it is at its end.
			if err := alive.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
				t.Fatal(err)
			}
			if rest, err := io.ReadAll(alive); err != nil {
				t.Errorf("a process is left: read %q, %v", rest, err)
			}
		})
	}
}

func TestPSS(t *testing.T) {
	own, err := PSS(os.Getpid())
	if errors.Is(err, ErrMissing) {
		return // not this system: the error is what the table needs
	}
	if err != nil || own < 0.5 || own > 1000 {
		t.Errorf("own memory: %v MB, %v", own, err)
	}
	const beyond = 1 << 30 // no system has so many processes
	if both, err := PSS(os.Getpid(), beyond); err != nil || both < 0.5 {
		t.Errorf("with a process that is gone: %v MB, %v", both, err)
	}
}

func TestHeldPSS(t *testing.T) {
	script := func(body string) string {
		path := filepath.Join(t.TempDir(), "held")
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	tests := []struct {
		name, body string
		err        string
	}{
		{"two processes that report and wait", "(sh -c 'echo $$ >&3; exec 3>&-; read x <&4'; true) & echo $$ >&3; exec 3>&-; read x <&4; wait", ""},
		{"one that does not report", "echo $$ >&3", "only 1 of 2 processes reported"},
		{"one that reports nonsense", "echo x >&3", "read process ids"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			value, err := HeldPSS(2, script(tt.body))(t.Context())
			if errors.Is(err, ErrMissing) {
				return // not this system
			}
			if tt.err == "" && (err != nil || value <= 0) {
				t.Errorf("got %v MB, %v", value, err)
			}
			if tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Errorf("error: %v, want %q", err, tt.err)
			}
		})
	}
}
