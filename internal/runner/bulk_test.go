package runner

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
)

// numbered prints many lines of 100 bytes, each with its number, as fast as
// it can, and dies.
func numbered() {
	line := append(bytes.Repeat([]byte("x"), 99), '\n')
	var block []byte
	for n := range manyLines {
		copy(line, fmt.Sprintf("%08d", n))
		block = append(block, line...)
		if len(block) > 60_000 {
			_, _ = os.Stdout.Write(block)
			block = block[:0]
		}
	}
	_, _ = os.Stdout.Write(append(block, "the last line has no newline"...))
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

// 100 MB (10 with the race detector) across many segments: each line is there once, in order, to the last
// byte before the program was killed.
func TestHundredMegabytes(t *testing.T) {
	r := newRole(t)
	spec := r.shell(fmt.Sprintf("%s=numbered exec %s", programVariable, os.Args[0]))
	spec.Storage = 1 << 30
	r.start(spec)
	r.events()
	r.await()
	next := 0
	for _, line := range r.printed() {
		if line == "^the last line has no newline" {
			next++
			continue
		}
		if want := fmt.Sprintf("^%08dx", next); !strings.HasPrefix(line, want) || len(line) != 100 {
			t.Fatalf("line %d is %q", next, line)
		}
		next++
	}
	if next != manyLines+1 {
		t.Errorf("%d lines", next)
	}
	if end := r.last(); end.Signal != "killed" || len(end.LastLines) != tailLines ||
		!strings.HasSuffix(end.LastLines[tailLines-1], "^ <00000001>web - the last line has no newline") {
		t.Errorf("ending: %+v", end)
	}
}

// What a program prints is there, whatever it is.
func TestOddOutputs(t *testing.T) {
	tests := []struct {
		name, script string
		want         []string
	}{
		{"a line of 1 MB", `head -c 1000000 /dev/zero | tr '\0' x; echo; echo end`, []string{"^" + strings.Repeat("x", 1_000_000), "^end"}},
		{"binary bytes", `printf 'a\000b\377c\001\n'; printf '\200'`, []string{`^a\x00b\xffc\x01`, `^\x80`}},
		{"a closed output", `echo before; exec >&-; echo error >&2; exec 2>&-; exit 0`, []string{"^before", "?error"}},
		{"two last lines without an end", `printf out; printf err >&2`, []string{"^out", "?err"}},
		{"nothing", `exit 0`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRole(t)
			r.start(r.shell(tt.script))
			r.events()
			r.await()
			got := map[string]int{}
			for _, line := range r.printed() {
				got[line]++
			}
			for _, line := range tt.want {
				if got[line] != 1 {
					t.Errorf("line %.60q is there %d times", line, got[line])
				}
			}
			if len(got) != len(tt.want) {
				t.Errorf("%d lines, want %d", len(got), len(tt.want))
			}
			if end := r.last(); end.ExitStatus == nil || *end.ExitStatus != 0 {
				t.Errorf("ending: %+v", end)
			}
		})
	}
}

// Twenty roles at once that live milliseconds and print 200 lines: all there.
func TestShortLives(t *testing.T) {
	r := newRole(t)
	const roles = 20
	for n := range roles {
		if err := r.home.Add(home.NewRole{Role: home.Role{Name: fmt.Sprintf("short-%d", n), Executable: "sh"}}); err != nil {
			t.Fatal(err)
		}
	}
	script := "i=0; while [ $i -lt 200 ]; do echo line $i; i=$((i+1)); done; printf end"
	var wait sync.WaitGroup
	for n := range roles {
		wait.Go(func() {
			spec := r.shell(script)
			spec.Role = fmt.Sprintf("short-%d", n)
			started, err := Start(spec, &StartOptions{Executable: os.Args[0]})
			if err != nil {
				t.Error(err)
				return
			}
			defer started.Events().Close()
			<-started.Process.Done()
		})
	}
	wait.Wait()
	for n := range roles {
		name := fmt.Sprintf("short-%d", n)
		text, err := os.ReadFile(filepath.Join(r.home.Dir(home.Logs), name, "log.txt"))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Count(string(text), "<00000001>"+name+" - line ")
		if lines != 200 || !strings.Contains(string(text), "<00000001>"+name+" - end\n") {
			t.Errorf("%s: %d lines", name, lines)
		}
		run, err := history.Of(r.home, name).Last()
		if err != nil || run == nil || run.End == nil || run.End.ExitStatus == nil || *run.End.ExitStatus != 0 {
			t.Errorf("%s: history %+v %v", name, run, err)
		}
	}
}

// Without descriptors to spare a program cannot be started, and the starter
// hears why and what to do.
func TestNoDescriptors(t *testing.T) {
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &old); err != nil {
		t.Fatal(err)
	}
	r := newRole(t)
	spec := r.shell("exit 0")
	runner := filepath.Join(t.TempDir(), Name)
	script := fmt.Sprintf("#!/bin/sh\nulimit -n 12\nexec -a %s %s \"$@\"\n", Name, os.Args[0])
	if err := os.WriteFile(runner, []byte(strings.Replace(script, "/bin/sh", "/bin/bash", 1)), 0o700); err != nil {
		t.Fatal(err)
	}
	started, err := Start(spec, &StartOptions{Executable: runner})
	if err != nil {
		t.Fatal(err)
	}
	defer started.Events().Close()
	r.started = started
	_ = started.Events().SetReadDeadline(time.Now().Add(hangBound))
	got := r.events()
	r.await()
	if !strings.HasPrefix(got, "failed(") || !strings.Contains(got, "too many open files") {
		t.Errorf("events: %s", got)
	}
}
