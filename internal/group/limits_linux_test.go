package group

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/osproc"
	"github.com/ansar-go/ansar/internal/proctest"
	"github.com/ansar-go/ansar/internal/runner"
)

// Runners that are suspended take no order: all of them are killed.
func TestKillOfSeveralThatHang(t *testing.T) {
	proctest.Mark(t)
	r := &run{parts: map[string]*part{}}
	for _, role := range []string{"a", "b", "c"} {
		p, err := osproc.Start(&osproc.Spec{Path: "/bin/sleep", Args: []string{"sleep", "600"}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = p.SignalGroup(syscall.SIGKILL) }) // it has ended
		if err := p.Signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		if err := unix.Waitid(unix.P_PID, p.Pid(), nil, unix.WSTOPPED, nil); err != nil {
			t.Fatal(err)
		}
		r.parts[role] = &part{state: partRunning, plain: &runner.Started{Process: p}}
	}
	killed := make(chan struct{})
	go func() { r.killPlain(); close(killed) }()
	late, done := context.WithTimeout(t.Context(), 10*time.Second)
	defer done()
	select {
	case <-killed:
	case <-late.Done():
		t.Error("they are still waited for")
	}
	for role, p := range r.parts {
		select {
		case <-p.plain.Done():
		case <-late.Done():
			t.Errorf("%s was not killed", role)
		}
	}
}

// A process that cannot be watched has not ended.
func TestAwaitWithoutDescriptors(t *testing.T) {
	h, _ := newHome(t, "a")
	component(t, h, "stubborn", "a")
	holder, err := h.Holder("a")
	if err != nil || holder == nil {
		t.Fatal(holder, err)
	}
	withoutDescriptors(t, func() { err = awaitProcess(context.Background(), holder) })
	if err == nil || !strings.Contains(err.Error(), "too many open files") {
		t.Errorf("error %v", err)
	}
}

// withoutDescriptors calls do while this process can open nothing.
func withoutDescriptors(t *testing.T, do func()) {
	t.Helper()
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 0, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
			t.Fatal(err)
		}
	}()
	do()
}

// Where the system has no watch left, the history is looked at now and then.
func TestAwaitReadyWithoutWatches(t *testing.T) {
	h, roles := newHome(t, "a")
	component(t, h, "stubborn", "a")
	path, err := h.Path(home.History, "a")
	if err != nil {
		t.Fatal(err)
	}
	if err := changed(t.Context(), h, roles[0].Name, nil, path); err != nil {
		t.Error(err)
	}
}

// A program that never ends a line is shown all the same, and costs no memory.
func TestLineWithoutEnd(t *testing.T) {
	var lines []string
	w := &lineWriter{print: func(line string) { lines = append(lines, line) }}
	text := strings.Repeat("0123456789abcdef", 4<<10)
	for range 40 {
		if n, err := w.Write([]byte(text)); n != len(text) || err != nil {
			t.Fatal(n, err)
		}
		if len(w.rest) > longestLine {
			t.Fatalf("%d bytes are held", len(w.rest))
		}
	}
	w.finish()
	if len(lines) != 3 || strings.Join(lines, "") != strings.Repeat(text, 40) {
		t.Errorf("%d lines", len(lines))
	}
}
