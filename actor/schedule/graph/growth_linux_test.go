//go:build !race

package graph_test

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Ten times as many vertices take about ten times as much work of the processor,
// which is counted for this thread alone: other programs do not count. The own work of
// the race detector does not grow in proportion.
func TestEC3Growth(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	const small, large = 10_000, 100_000
	for _, shape := range shapes {
		few, many := least(t, shape.needs, small), least(t, shape.needs, large)
		if many > 40*few { // quadratic would be 100 times
			t.Errorf("%s: %d vertices take %v, %d take %v", shape.name, small, few, large, many)
		}
	}
}

// least returns the shorter of two times.
func least(t *testing.T, needs func(i, n int) []string, n int) time.Duration {
	t.Helper()
	best := time.Duration(0)
	for range 2 {
		runtime.GC()
		begin := worked(t)
		if ran, err := run(needs, n); ran != n || err != nil {
			t.Fatalf("ran %d of %d: %v", ran, n, err)
		}
		if took := worked(t) - begin; best == 0 || took < best {
			best = took
		}
	}
	return best
}

// worked returns how long the processor worked for this thread.
func worked(t *testing.T) time.Duration {
	t.Helper()
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now); err != nil {
		t.Fatal(err)
	}
	return time.Duration(now.Nano())
}
