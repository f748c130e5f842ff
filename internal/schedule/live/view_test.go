package live

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Without a terminal there is a line for each start and each end, with the reason and
// the log of what is not fine, and no colours.
func TestLines(t *testing.T) {
	var out bytes.Buffer
	v := New(&out, Options{Called: func(folder string) string { return "my/" + folder }})
	for _, e := range []*schedulepb.Event{
		loaded(2, named("build", "blink", "wlan", "join")...),
		started("build", 1, 0), waiting("blink", "board-a: held by build"), waiting("blink", "another reason"), finished("build", ok, ""),
		granted("blink", "board-a.0"), started("blink", 1, 0),
		started("wlan", 1, 1), attempted("wlan", failed, "exit\nstatus \x1b[31m1", "retry in 2s"),
		{Job: "blink", Kind: &schedulepb.Event_JobLeaked{JobLeaked: &schedulepb.JobLeaked{Strays: []*schedulepb.Stray{{Pid: 7, CommandLine: "sleep 60"}}}}},
		started("wlan", 2, 1), finished("wlan", schedulepb.Status_STATUS_FLAKY, "1 of 2 attempts ok"),
		{Kind: &schedulepb.Event_RunInterrupt{RunInterrupt: &schedulepb.RunInterrupt{Stage: 1, Why: "ctrl-C"}}},
		finished("blink", failed, "fault: no power"), finished("join", blocked, "blink failed"),
	} {
		v.Event(e)
	}
	v.Close()
	v.Close()
	want := `[0/4] started build on slot 0
[0/4] blink waits: board-a: held by build
[1/4] ok build
[1/4] started blink on slot 0 with board-a.0
[1/4] started wlan on slot 1
[1/4] FAILED wlan: exit status ?[31m1; retry in 2s (log my/runs/1/jobs/wlan/1/log)
blink left behind 7 sleep 60
[1/4] started wlan on slot 1, attempt 2
[2/4] flaky wlan: 1 of 2 attempts ok
stopping: nothing more is started (ctrl-C)
[3/4] FAILED blink: fault: no power (log my/runs/1/jobs/blink/1/log)
[4/4] BLOCKED join: blink failed
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// stuck is an output that nobody reads until it is freed.
type stuck struct {
	free chan struct{}
	mu   sync.Mutex // guards the field below
	text bytes.Buffer
}

func (s *stuck) Write(p []byte) (int, error) {
	<-s.free
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

// Events are taken in while nobody reads, and none of their lines is lost.
func TestEventNeverWaits(t *testing.T) {
	out := &stuck{free: make(chan struct{})}
	v := New(out, Options{})
	v.Event(loaded(1, numbered(1000)...))
	for i := range 1000 {
		v.Event(started(fmt.Sprintf("job-%d", i), 1, 0))
	}
	close(out.free)
	v.Close()
	if got := strings.Count(out.text.String(), "\n"); got != 1000 {
		t.Errorf("%d lines, want 1000", got)
	}
}

// frames counts what is drawn.
type frames struct {
	mu    sync.Mutex // guards the field below
	times []time.Time
}

func (f *frames) drawn() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.times = append(f.times, time.Now())
}

func (f *frames) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.times)
}

// However many events come, frames are drawn ten times a second at most; where only
// ages change, once a second; where nothing runs, never.
func TestRedrawIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &View{changed: make(chan struct{}, 1), closing: make(chan struct{}), state: newState(nil)}
		f := &frames{}
		var ages atomic.Bool
		s := &screen{}
		v.show = s
		v.done.Go(func() {
			s.pace(v, func() { f.drawn() }, func() {
				if ages.Load() {
					f.drawn()
				}
			}, nil, &suspension{})
		})
		span := func(what string, most int, d time.Duration, do func()) {
			before := f.count()
			for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(time.Millisecond) {
				do()
			}
			synctest.Wait()
			if n := f.count() - before; n > most {
				t.Errorf("%s: %d frames in %v, want %d at most", what, n, d, most)
			}
		}
		v.Event(loaded(1, numbered(100)...))
		time.Sleep(time.Second)
		span("with an event each millisecond", 101, 10*time.Second, func() { v.Event(waiting("job-1", "no slot is free")) })
		time.Sleep(time.Second)
		span("where nothing happens", 0, 10*time.Second, func() {})
		ages.Store(true)
		span("where something runs", 11, 10*time.Second, func() {})
		close(v.closing)
		v.done.Wait()
	})
}

// A view on a terminal of any kind ends when it is closed, and leaves the line to who
// comes after it.
func TestScreenCloses(t *testing.T) {
	var out bytes.Buffer
	var mu sync.Mutex
	v := New(writerFunc(func(p []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return out.Write(p)
	}), Options{Terminal: true})
	v.Event(loaded(1, named("a")...))
	v.Event(started("a", 1, 0))
	v.Close()
	if text := out.String(); strings.Contains(text, "\x1b[?1049h") || strings.Contains(text, "\x1b[?2004h") {
		t.Errorf("it puts the terminal into another mode: %q", text)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// An event costs the same in a large plan, and so does a frame.
func BenchmarkEvent(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := newState(nil)
			s.apply(loaded(4, numbered(n)...), time.Now())
			for i := range n {
				s.apply(waiting(fmt.Sprintf("job-%d", i), "no slot is free"), time.Now())
			}
			e := waiting("job-7", "another")
			for b.Loop() {
				s.apply(e, time.Now())
			}
		})
	}
}

// BenchmarkFrame draws a frame of 10,000 jobs, with the estimate.
func BenchmarkFrame(b *testing.B) {
	s := newState(tookBefore(map[string]time.Duration{"job-1": time.Second}))
	s.apply(loaded(4, numbered(10_000)...), time.Now())
	for i := range 10_000 {
		s.apply(waiting(fmt.Sprintf("job-%d", i), "no slot is free"), time.Now())
	}
	for b.Loop() {
		now := time.Now()
		_, _ = s.left(now)
		_ = s.frame(now, 120, 40, "")
	}
}
