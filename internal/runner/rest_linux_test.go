package runner

import (
	"slices"
	"testing"
	"time"
)

// gentle is a child that takes its time to end, and rude one that does not end.
const (
	gentle = `sh -c 'trap "sleep 0.2; echo bye; exit 0" TERM; echo up; while :; do sleep 0.01; done'`
	rude   = `sh -c 'trap "" TERM; echo up; while :; do sleep 0.01; done'`
)

// A program that ends at once when it is told to does not take the time from
// what it has started.
func TestRestOfTheGrace(t *testing.T) {
	tests := []struct {
		name, script string
		group        bool
	}{
		{"a child that nobody has told is told", gentle + " & wait", false},
		{"a child that the program has told is waited for", `trap 'kill $child; exit 0' TERM; ` + gentle + ` & child=$!; wait`, false},
		{"a child that was told with the group is waited for", gentle + " & wait", true},
		{"a child in a process group of its own is waited for", `set -m; trap 'kill $child; exit 0' TERM; ` + gentle + ` & child=$!; wait`, true},
		{"what a child leaves is waited for", "(" + gentle + " & wait) & wait", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRole(t)
			spec := r.shell(tt.script)
			spec.Program.StopGroup = tt.group
			spec.Program.Readiness.Log = "^up$"
			r.start(spec)
			r.events()
			r.stop()
			if printed := r.printed(); !slices.Contains(printed, "^bye") {
				t.Errorf("log: %q", printed)
			}
		})
	}
}

// The grace is that of all together.
func TestRestOfTheGraceEnds(t *testing.T) {
	const grace = 300 * time.Millisecond
	r := newRole(t)
	spec := r.shell(rude + " & wait")
	spec.Program.Grace = grace
	spec.Program.Readiness.Log = "^up$"
	r.start(spec)
	r.events()
	begun := time.Now()
	r.stop()
	if took := time.Since(begun); took < grace+terminateLimit || took > grace+terminateLimit+hangBound/2 {
		t.Errorf("it took %v", took)
	}
	if end := r.last(); end.Signal != "terminated" || end.Forced != "killed" {
		t.Errorf("ending: %+v", end)
	}
}

// A second order ends the rest of the grace.
func TestSecondOrderEndsTheRest(t *testing.T) {
	r := newRole(t)
	spec := r.shell(`trap 'echo no; exit 0' TERM; ` + rude + " & wait")
	spec.Program.Readiness.Log = "^up$"
	r.start(spec)
	r.events()
	if err := r.started.Stop(); err != nil {
		t.Fatal(err)
	}
	r.logged("^no")
	r.stop()
	if end := r.last(); end.ExitStatus == nil || *end.ExitStatus != 0 {
		t.Errorf("ending: %+v", end)
	}
}

// A program that ends by itself has no grace, nor has what it leaves.
func TestNoRestWithoutAnOrder(t *testing.T) {
	r := newRole(t)
	spec := r.shell(rude + " & sleep 0.1; exit 3")
	spec.Program.Readiness.Log = "^up$"
	begun := time.Now()
	r.start(spec)
	r.events()
	r.await()
	if took := time.Since(begun); took > hangBound/2 {
		t.Errorf("it took %v", took)
	}
}
