//go:build linux

package osproc_test

import (
	"bytes"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/osproc"
)

// A program of ours answers for its whole tree, and for nothing else.
func TestWholeProcess(t *testing.T) {
	tests := []struct {
		name string
		role string
		want string
	}{
		{"adopted processes are killed, children are spared", "keeper",
			"killed 3, own: signal: terminated, os/exec: signal: terminated, then: no child processes, again 0"},
		{"an adopted zombie is reaped, no status is stolen", "neighbour", "os/exec: exit status 7"},
		{"an adopted member of the group is reaped before done", "undertaker", "member: no such process"},
		{"without pidfd all is the same", "fallback",
			"exit status 3, os: process already finished; signal: terminated, os: process already finished; signal: killed"},
		{"each start without a free descriptor fails and leaks nothing", "poor", "failed, then exit status 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var said bytes.Buffer
			spec := role(tt.role)
			spec.Stdout = &said
			p := start(t, spec)
			await(t, p.Done(), "done")
			if diff := cmp.Diff(tt.want, said.String()); diff != "" {
				t.Errorf("%s said (-want +got):\n%s%v\n%s", tt.role, diff, p.Exit(), p.Tail())
			}
		})
	}
}

// The death signal means the death of the process, not of the thread that
// asked for the start, and nothing in a program that did not call OwnMain.
func TestDeathSignal(t *testing.T) {
	tests := []struct {
		name  string
		claim string
		want  syscall.Signal // what ends the child, which is sent SIGTERM after the death of its parent
	}{
		{"in a program of ours it kills", "own", syscall.SIGKILL},
		{"elsewhere it is ignored", "plain", syscall.SIGTERM},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			said := awaiting("\n")
			spec := role("owner", tt.claim)
			spec.Stdout = said
			p := start(t, spec)
			select {
			case <-said.seen:
			case <-p.Done():
				t.Fatalf("owner: %v: %s", p.Exit(), p.Tail())
			}
			kill(t, p.SignalGroup, syscall.SIGKILL)
			await(t, p.Done(), "done")

			child := number(strings.TrimSpace(said.String()))
			_ = syscall.Kill(child, syscall.SIGTERM)
			_ = syscall.Kill(child, syscall.SIGCONT)
			if got := awaitOrphan(t, child).Signal(); got != tt.want {
				t.Errorf("child ended by %v, want %v", got, tt.want)
			}
		})
	}
}

// This test process did not call OwnMain.
func TestKillAdoptedSparesOthers(t *testing.T) {
	p := start(t, sleeper(t))
	if n := osproc.KillAdopted(hang); n != 0 {
		t.Errorf("killed %d, want none", n)
	}
	if err := p.Signal(0); err != nil {
		t.Error(err)
	}
}
