package actor

import (
	"fmt"
	"io"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/internal/link/linkpb"
	"github.com/ansar-go/ansar/internal/osproc"
	"github.com/ansar-go/ansar/lifecycle"
)

var eventNames = [numEvents]string{
	"started", "no resources", "cannot start", "hello", "ready", "result", "link end", "exit", "timer", "stop", "kill",
}

func (e event) String() string { return eventNames[e] }

// Every cell of the table says what to do and where that leads, and no event
// leads back: a life only goes on.
func TestLifeIsTotal(t *testing.T) {
	for c := range numConditions {
		for e := range numEvents {
			t.Run(fmt.Sprintf("%s, %s", c, e), func(t *testing.T) {
				s := life[c][e]
				switch {
				case s.do == nil:
					t.Fatal("nothing is said about it")
				case s.next < 0 || s.next >= numConditions:
					t.Fatalf("leads to condition %d, which there is not", s.next)
				case s.next == waiting && c != waiting:
					t.Fatal("leads back to the beginning")
				case c == settled && s.next != settled:
					t.Fatal("goes on after the end")
				case s.next < c && !(c == stopping && s.next == ending):
					t.Fatalf("leads back to %s", s.next)
				}
			})
		}
	}
}

// fakeProcess is a process that ends when it is told to by the test.
type fakeProcess struct {
	t       interface{ Fatal(...any) }
	done    chan struct{} // closed at the end of the test
	exit    osproc.Exit
	ended   bool
	killed  bool
	signals []syscall.Signal
}

func (f *fakeProcess) Done() <-chan struct{} { return f.done }
func (f *fakeProcess) Exit() osproc.Exit {
	if !f.ended {
		f.t.Fatal("asked how a process ended that has not")
	}
	return f.exit
}
func (f *fakeProcess) Tail() string { return "its last line\n" }
func (f *fakeProcess) SignalGroup(sig syscall.Signal) error {
	f.signals = append(f.signals, sig)
	f.killed = f.killed || sig == syscall.SIGKILL
	return nil
}

type fakeLink struct{ closed, stops int }

func (f *fakeLink) Stop(*linkpb.Stop) { f.stops++ }
func (f *fakeLink) Close()            { f.closed++ }

// Whatever order events come in, the parent is told at most once, never
// before the process is gone (unless it cannot be killed), and always once
// both the process and its link have ended.
func TestSettlesOnce(t *testing.T) {
	n := newNode("1")
	defer n.close()
	check := func(t *rapid.T) {
		l := newFakeLife(t, n)
		defer l.end()
		l.p.on(l.p.start())
		for i := range rapid.IntRange(0, 12).Draw(t, "number of events") {
			l.step(fmt.Sprintf("event %d", i))
			l.check()
		}
		for _, e := range []event{evStop, evTimer, evTimer, evTimer} { // a stop always leads to the end of a process
			l.occur(e)
		}
		if l.fake != nil && !l.fake.ended {
			if !l.fake.killed && !l.leaving {
				t.Fatalf("a process that was told to stop lives on in %s", l.p.condition)
			}
			l.occur(evExit)
		}
		l.occur(evLinkEnd)
		l.check()
		if l.told != 1 {
			t.Fatalf("told %d times after everything has ended, in %s", l.told, l.p.condition)
		}
	}
	for range 20 { // a life is short: 2,000 of them
		rapid.Check(t, check)
	}
}

// fakeLife is a life whose process, link and parent are the test's.
type fakeLife struct {
	t       *rapid.T
	p       *process
	fake    *fakeProcess // nil: not started
	link    *fakeLink
	told    int
	leaving bool // it said that it is about to leave
	linkEnd bool
}

func newFakeLife(t *rapid.T, n *node) *fakeLife {
	l := &fakeLife{t: t, link: &fakeLink{}}
	c := &child{name: "fake", pid: &PID{Address: "1.1", Id: mainID}, ended: make(chan struct{})}
	c.tell = func(*lifecycle.Completed) { l.told++ }
	l.p = &process{node: n, child: c, order: &order{name: "fake"}, id: n.newID(), link: l.link}
	l.p.stdout, l.p.stderr = lines{log: n.log}, lines{log: n.log}
	c.halt = func(*lifecycle.Stop) {}
	l.p.launch = func() error {
		if l.fake != nil {
			t.Fatal("started twice")
		}
		switch rapid.IntRange(0, 3).Draw(t, "system gives") {
		case 0:
			return fmt.Errorf("fork: %w", osproc.ErrNoResources)
		case 1:
			return fmt.Errorf("find fake: %w", osproc.ErrNotFound)
		}
		l.fake = &fakeProcess{t: t, done: make(chan struct{})}
		l.p.running, l.p.facts.pid = l.fake, 42
		return nil
	}
	return l
}

func (l *fakeLife) end() {
	if l.p.timer != nil {
		l.p.timer.Stop()
	}
	if l.fake != nil {
		close(l.fake.done)
	}
}

func (l *fakeLife) step(name string) {
	l.occur(rapid.SampledFrom([]event{
		evStarted, evNoResources, evCannotStart, evHello, evReady, evResult, evLinkEnd, evExit, evTimer, evStop, evKill,
	}).Draw(l.t, name))
}

// occur lets e happen if it can: what the system reports once comes once, and
// not before there is a process. What a confused process may write comes always.
func (l *fakeLife) occur(e event) {
	o := occurrence{event: e}
	switch e {
	case evStarted, evNoResources, evCannotStart:
		if l.p.condition == waiting {
			return // start itself tells of these
		}
	case evExit:
		if l.fake == nil || l.fake.ended {
			return
		}
		l.fake.ended = true
		l.fake.exit = osproc.Exit{Status: -1, Signal: syscall.SIGKILL}
	case evLinkEnd:
		if l.linkEnd || l.fake == nil {
			return
		}
		l.linkEnd, o.err = true, io.EOF
		l.leaving = true
	case evStop:
		o.stop = stopIn(time.Hour, "test")
	case evResult:
		if l.fake == nil {
			return
		}
		o.value = lifecycle.Complete(&lifecycle.Ack{})
		l.leaving = true
	}
	l.p.on(o)
}

func (l *fakeLife) check() {
	l.t.Helper()
	switch {
	case l.told > 1:
		l.t.Fatalf("told %d times", l.told)
	case (l.told == 1) != (l.p.condition == settled):
		l.t.Fatalf("told %d times in %s", l.told, l.p.condition)
	case l.told == 1 && l.fake != nil && !l.fake.ended && !l.p.facts.unkillable:
		l.t.Fatal("told before the process has ended")
	case l.told == 1 && l.fake != nil && !l.fake.ended && !l.fake.killed:
		l.t.Fatal("given up before it was killed")
	case l.fake != nil && l.fake.ended && l.linkEnd && l.told != 1:
		l.t.Fatalf("not told though process and link have ended, in %s", l.p.condition)
	case l.told == 1 && l.link.closed == 0:
		l.t.Fatal("settled with an open link")
	}
}

// A panic in the function of OnReady is the caller's: the object goes on, here
// as in a process of its own.
func TestReadyWhoseCallerPanics(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		object := b.begin(nil, &order{
			name: "object", inProcess: true, ready: func() { panic("of the caller") },
			kind: runs("object", func(self *Context) error {
				self.Ready()
				return nil
			}),
		})
		if err := b.ends(object); err != nil {
			t.Error(err)
		}
	})
}
