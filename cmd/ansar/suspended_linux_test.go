package main

import (
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// signal sends a signal to processes.
func (w *watched) signal(signal unix.Signal) {
	w.Helper()
	for _, fd := range w.fds {
		if err := unix.PidfdSendSignal(fd, signal, nil, 0); err != nil {
			w.Fatal(err)
		}
	}
}

// A keeper that is suspended keeps nothing, hinders nobody, and does what it has
// missed when it goes on.
func TestSuspendedKeeper(t *testing.T) {
	h := target(t, &attack{runs: true})
	keeper := h.watch(h.holder("up-kept.keeper"))
	keeper.signal(unix.SIGSTOP)
	h.watch(h.holder("up-kept")).kill()
	if got, want := h.ansar("status"), "up-job\nup-snooze\n"; got != want && got != "up-job\nup-kept\nup-snooze\n" {
		t.Errorf("status while the keeper is suspended: %q, want %q", got, want)
	}
	if status, text := h.try("returned", "up-kept", "--timeout=0.1"); status == 0 {
		t.Errorf("returned: status 0, %s", text)
	}
	keeper.signal(unix.SIGCONT)
	h.again("up-kept", 2)
	if end := h.runs("up-kept")[0].End; end == nil || end.Signal != "killed" {
		t.Errorf("the first run ended as %+v, want killed", end)
	}
	keeper.alive()
	h.works()
}

// Whoever plays, runs or keeps a role can be stopped while it is suspended.
func TestStopOfTheSuspended(t *testing.T) {
	tests := []struct {
		name string
		who  func(h *house) []int
	}{
		{"a keeper", func(h *house) []int { return []int{h.holder("up-kept.keeper")} }},
		{"a component that is kept", func(h *house) []int { return []int{h.holder("up-kept")} }},
		{"a keeper and its component", func(h *house) []int { return []int{h.holder("up-kept.keeper"), h.holder("up-kept")} }},
		{"a component", func(h *house) []int { return []int{h.holder("up-snooze")} }},
		{"a runner", func(h *house) []int { return []int{h.holder("up-job")} }},
		{"a plain program", func(h *house) []int { return []int{h.last("up-job", 1).PID} }},
		{"a runner and its program", func(h *house) []int { return []int{h.holder("up-job"), h.last("up-job", 1).PID} }},
	}
	h := target(t, &attack{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := &house{TB: t, dir: h.dir, home: h.home}
			h.ansar("delete", "run-.*|up-job") // runs are counted from 1
			h.ansar("add", "--command", "sleep", "up-job", "--", "1000")
			h.ansar("start", "up-.*")
			h.watch(tt.who(h)...).signal(unix.SIGSTOP)
			h.ansar("status")
			h.ansar("stop", "up-.*")
			if running := h.settled(); !slices.Equal(running, nil) {
				t.Errorf("%v run after the stop", running)
			}
			h.recorded()
		})
	}
}
