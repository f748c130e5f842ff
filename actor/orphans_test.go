package actor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/lifecycle"
)

// tidy writes its process id into a file of its own, waits to be stopped, and
// takes a moment to clean up: then the file says so. Its input is the path, and
// how it is to behave.
var tidy = Define("tidy", func(self *Context, _ *lifecycle.None, in *wrapperspb.StringValue) (*lifecycle.Ack, error) {
	path, how, _ := strings.Cut(in.GetValue(), " ")
	if err := os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
		return nil, err
	}
	if how == "hangs" {
		time.Sleep(time.Hour)
	}
	_, stop := self.Select(KindOf[*lifecycle.Ack]())
	if how == "slowly" {
		time.Sleep(time.Second) // cleaning up takes its time
	}
	return nil, errors.Join(stop, os.WriteFile(path, []byte("clean"), 0o600))
})

// branch starts the children that its input describes, a line each, with a
// further branch below it, and waits for the first to end.
var branch *Object[*lifecycle.None, *wrapperspb.StringValue, *lifecycle.Ack]

func init() { branch = Define("branch", runBranch) } // it refers to itself

func runBranch(self *Context, _ *lifecycle.None, in *wrapperspb.StringValue) (*lifecycle.Ack, error) {
	path, below, _ := strings.Cut(in.GetValue(), "\n")
	if err := os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
		return nil, err
	}
	lines := strings.Split(below, "\n")
	for i, line := range lines {
		if line == "branch" {
			branch.Create(self, wrapperspb.String(strings.Join(lines[i+1:], "\n")))
			break
		}
		tidy.Create(self, wrapperspb.String(line))
	}
	m, err := self.Select(KindOf[*lifecycle.Completed]())
	if err != nil {
		return nil, err
	}
	return Value[*lifecycle.Ack](m)
}

// Whoever is killed, everything below ends within the orphan limit, suspended
// processes too, and healthy objects get to clean up.
func TestKilledParent(t *testing.T) {
	tests := []struct {
		name   string
		victim string // whose process is killed
		hangs  bool   // one of the objects below does not heed a stop
	}{
		{"the top of the tree is killed", "top", false},
		{"an inner process is killed", "inner", false},
		{"the top is killed above an object that hangs", "top", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlace(t)
			dir := t.TempDir()
			file := func(name string) string { return filepath.Join(dir, name) }
			healthy := []string{file("one"), file("two"), file("suspended"), file("lower")}
			below := []string{file("top"), healthy[0], "branch", file("inner"), healthy[1] + " slowly", healthy[2]}
			if tt.hangs {
				below = append(below, file("hanging")+" hangs")
			}
			below = append(below, "branch", file("third"), healthy[3])
			done := make(chan error, 1)
			go func() {
				_, err := callObject(p, context.Background(), branch, wrapperspb.String(strings.Join(below, "\n")))
				done <- err
			}()
			pids := map[string]int{}
			for _, line := range below {
				if path, _, _ := strings.Cut(line, " "); path != "branch" {
					pids[path] = awaitPid(t, path)
				}
			}
			suspend(t, pids[healthy[2]])
			begun := time.Now()
			if err := syscall.Kill(pids[file(tt.victim)], syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			err := within(t, "the call", done)
			if !errors.Is(err, lifecycle.ErrAborted) {
				t.Errorf("the call ended with %v, want Aborted", err)
			}
			if tt.victim == "inner" { // its ancestors are ours, and wait for what it left
				p.nothingLeft()
			}
			for deadline := begun.Add(DefaultOrphanLimit + 10*time.Second); len(processesWith(p.cookie)) > 0; {
				if time.Now().After(deadline) {
					p.nothingLeft()
					break
				}
				time.Sleep(10 * time.Millisecond) // others' children do not tell us
			}
			t.Logf("all gone after %v", time.Since(begun))
			for _, path := range healthy {
				if got, _ := os.ReadFile(path); string(got) != "clean" {
					t.Errorf("%s did not get to clean up: %q", filepath.Base(path), got)
				}
			}
		})
	}
}

// awaitPid waits until the file holds a process id.
func awaitPid(t *testing.T, path string) int {
	t.Helper()
	for deadline := time.Now().Add(hang); ; {
		text, _ := os.ReadFile(path)
		if pid, err := strconv.Atoi(string(text)); err == nil {
			return pid
		}
		if time.Now().After(deadline) {
			t.Fatalf("no process wrote %s", path)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// suspend stops the process as ctrl-Z would, and waits until it is.
func suspend(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(hang); ; {
		stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if _, state, _ := strings.Cut(string(stat), ") "); strings.HasPrefix(state, "T") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("process %d is not suspended: %s", pid, stat)
		}
		time.Sleep(time.Millisecond)
	}
}
