package runner

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ansar-go/ansar/internal/history"
)

// Each way to end is in the history as what it was.
func TestEndings(t *testing.T) {
	status := func(n int) history.Ending {
		text := map[int]string{0: "0", 1: "1", 3: "3", 255: "255"}[n]
		return history.Ending{
			How: history.Exited, Type: "ExitCode", ExitStatus: &n,
			Value: []byte(`{"@type":"type.googleapis.com/ansar.lifecycle.v1.ExitCode","code":` + text + `}`),
		}
	}
	signalled := func(s syscall.Signal) history.Ending {
		return history.Ending{How: history.Signalled, Signal: s.String(), Text: "signal: " + s.String()}
	}
	tests := []struct {
		name, script string
		want         history.Ending
	}{
		{"exits with 0", "exit 0", status(0)},
		{"exits with 1", "exit 1", status(1)},
		{"exits with 255", "exit 255", status(255)},
		{"is hung up", "kill -HUP $$", signalled(syscall.SIGHUP)},
		{"is interrupted", "kill -INT $$", signalled(syscall.SIGINT)},
		{"quits", "kill -QUIT $$", signalled(syscall.SIGQUIT)},
		{"is illegal", "kill -ILL $$", signalled(syscall.SIGILL)},
		{"aborts", "kill -ABRT $$", signalled(syscall.SIGABRT)},
		{"divides by zero", "kill -FPE $$", signalled(syscall.SIGFPE)},
		{"is killed", "kill -KILL $$", signalled(syscall.SIGKILL)},
		{"touches what is not there", "kill -SEGV $$", signalled(syscall.SIGSEGV)},
		{"writes to nobody", "kill -PIPE $$", signalled(syscall.SIGPIPE)},
		{"is terminated", "kill -TERM $$", signalled(syscall.SIGTERM)},
		{"runs out of time", "kill -XCPU $$", signalled(syscall.SIGXCPU)},
	}
	var script strings.Builder
	script.WriteString("case $n in\n")
	for i, tt := range tests {
		fmt.Fprintf(&script, "%d) %s;;\n", i+1, tt.script)
	}
	r := newRole(t)
	spec := r.counting(script.String() + "esac")
	spec.Restart = quickly(Always, len(tests)-1) // one runner for all of them
	r.start(spec)
	if got := r.events(); got != "started ready" {
		t.Errorf("events: %s", got)
	}
	r.await()
	runs := r.runs()
	if len(runs) != len(tests) {
		t.Fatalf("%d runs", len(runs))
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ignored := cmpopts.IgnoreFields(history.Ending{}, "Time", "Usage", "LastLines", "Failed")
			if diff := cmp.Diff(tt.want, *runs[i].End, ignored); diff != "" {
				t.Errorf("ending (-want +got):\n%s", diff)
			}
		})
	}
}
