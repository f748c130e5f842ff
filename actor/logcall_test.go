package actor

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/lifecycle"
)

// talker logs, prints, runs a program, and calls itself here and in a process, as
// deep as its input says.
var talker *Object[*text, *wrapperspb.UInt32Value, *text]

func init() {
	talker = Define("talker", func(self *Context, _ *text, deep *wrapperspb.UInt32Value) (*text, error) {
		self.Console("line %d", deep.GetValue())
		self.Trace("too fine")
		if deep.GetValue() == 0 {
			fmt.Fprintln(os.Stdout, "printed")
			return &text{}, Utility("sh", "-c", "echo out; echo err >&2").Run(self)
		}
		below := wrapperspb.UInt32(deep.GetValue() - 1)
		if deep.GetValue() > 1 {
			if _, err := talker.Call(self, wrapperspb.UInt32(0), InProcess()); err != nil {
				return nil, err
			}
		}
		return talker.Call(self, below)
	})
	sinkCaller = Define("sink caller", func(self *Context, _ *text, deep *wrapperspb.UInt32Value) (*text, error) {
		var got collected
		self.Console("before")
		_, err := talker.Call(self, deep, LogSink(LevelConsole, got.sink))
		self.Console("after")
		return wrapperspb.String(strings.Join(got.texts(), "\n")), err
	})
}

var sinkCaller *Object[*text, *wrapperspb.UInt32Value, *text]

// collected is what a sink was given.
type collected struct {
	mu      sync.Mutex // guards the field below
	records []*LogRecord
}

func (c *collected) sink(r *LogRecord) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.records = append(c.records, r)
}

// texts gives the lines, those about processes as such, sorted: processes write
// without order.
func (c *collected) texts() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var lines []string
	for _, r := range c.records {
		line := r.GetTag() + " " + r.GetText()
		switch {
		case r.GetStarted().GetCalled():
			line += ", called"
		case r.GetStarted() == nil && r.GetEnded() == nil && r.GetAddress() == "":
			line += " (nowhere)"
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

var lowest = []string{") Process ended: exit status 0", "( Started sh", "1 out", "2 err", "^ line 0"}

// The log of a call goes to its sink and nowhere else, from any depth and place.
func TestLogSink(t *testing.T) {
	two := slices.Concat(lowest, lowest, []string{
		"^ line 2", "^ line 1", "1 printed", "( Started talker", "( Started talker", ") Process ended: exit status 0", ") Process ended: exit status 0",
	})
	tests := []struct {
		name    string
		options []Option
		want    []string
	}{
		// The one in this process prints to the output of the test.
		{"in processes", nil, append(slices.Clone(two), "( Started talker, called", ") Process ended: exit status 0", "1 printed")},
		{"in this process", []Option{InProcess()}, append(slices.Clone(two), "( Started talker, called")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlace(t)
			p.keepLog(LevelTrace)
			var got collected
			if _, err := callObject(p, context.Background(), talker, wrapperspb.UInt32(2), append(tt.options, LogSink(LevelConsole, got.sink))...); err != nil {
				t.Fatal(err)
			}
			slices.Sort(tt.want)
			if diff := cmp.Diff(tt.want, got.texts()); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
			if logged := p.logged(); len(logged) > 0 {
				t.Errorf("the log of the process has %q", logged)
			}
		})
	}
}

// The caller may be at any place of the tree itself.
func TestLogSinkBelow(t *testing.T) {
	for _, options := range [][]Option{nil, {InProcess()}} {
		p := newPlace(t)
		p.keepLog(LevelConsole)
		got, err := callObject(p, context.Background(), sinkCaller, wrapperspb.UInt32(1), options...)
		if err != nil {
			t.Fatal(err)
		}
		want := append(slices.Clone(lowest), "^ line 1", "1 printed", "( Started talker", "( Started talker, called",
			") Process ended: exit status 0", ") Process ended: exit status 0")
		slices.Sort(want)
		if diff := cmp.Diff(want, strings.Split(got.GetValue(), "\n")); diff != "" {
			t.Errorf("lines (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"^ before", "^ after"}, p.logged()); diff != "" {
			t.Errorf("lines of the root (-want +got):\n%s", diff)
		}
	}
}

// A process is known before anything that it prints, and its end comes last.
func TestLogSinkOrder(t *testing.T) {
	p := newPlace(t)
	var got collected
	if _, err := callObject(p, context.Background(), talker, wrapperspb.UInt32(2), LogSink(LevelConsole, got.sink)); err != nil {
		t.Fatal(err)
	}
	alive, ended := map[int32]bool{}, 0
	for _, r := range got.records {
		switch {
		case r.GetStarted() != nil:
			alive[r.GetStarted().GetPid()] = true
		case r.GetEnded() != nil:
			delete(alive, r.GetEnded().GetPid())
			ended++
		case r.GetTag() != "^" && !alive[r.GetPid()]:
			t.Errorf("%v is of no process that runs", r)
		}
	}
	if ended != 5 || len(alive) > 0 {
		t.Errorf("%d ended, want 5; left: %v", ended, alive)
	}
}

// A call has not ended before a slow sink has everything, and the sink has peace
// afterwards.
func TestLogSinkHasEverything(t *testing.T) {
	p := newPlace(t)
	p.limits.log = 0
	var over atomic.Bool
	count := 0
	_, err := callIn[*text](p, context.Background(), "many lines", nil, LogSink(LevelConsole, func(r *LogRecord) {
		if over.Load() {
			t.Errorf("%v after the end", r)
		}
		if r.GetTag() == "^" {
			count++
			time.Sleep(time.Millisecond)
		}
	}))
	over.Store(true)
	if err != nil || count != 300 {
		t.Errorf("%d lines and %v, want 300", count, err)
	}
}

// What an object writes that was given up goes to its caller's log.
func TestLogSinkGivenUp(t *testing.T) {
	p := newPlace(t)
	p.keepLog(LevelConsole)
	said, again := make(chan struct{}), make(chan struct{})
	stubborn := &Object[*text, *text, *text]{kind: newKind[*text, *text, *text]("stubborn logger")}
	done := make(chan struct{})
	stubborn.kind.run = func(self *Context, _, _ proto.Message) (proto.Message, error) {
		defer close(done)
		self.Console("within")
		close(said)
		<-again
		self.Console("late")
		return &text{}, nil
	}
	var got collected
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-said
		cancel()
	}()
	_, err := callObject(p, ctx, stubborn, nil, InProcess(), Grace(time.Millisecond), LogSink(LevelConsole, got.sink))
	if err == nil {
		t.Error("no error")
	}
	close(again)
	within(t, "its end", done)
	if diff := cmp.Diff([]string{"( Started stubborn logger, called", "^ within"}, got.texts()); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"^ late"}, p.logged()); diff != "" {
		t.Errorf("lines of the caller (-want +got):\n%s", diff)
	}
}

func init() {
	programs["many lines"] = func() {
		hostObject(Define("many lines", func(self *Context, _, _ *text) (*text, error) {
			for i := range 300 {
				self.Console("%d", i)
			}
			return &text{}, nil
		}))
	}
	programs["prints"] = func() {
		hostObject(Define("prints", func(self *Context, _, _ *text) (*text, error) {
			_, _ = os.Stdout.WriteString("a\r\nb \xff")
			_, _ = os.Stderr.WriteString("e\n")
			out, err := Utility("sh", "-c", "echo $ONE $TWO $ANSAR_TEST_COOKIE").Output(self)
			return wrapperspb.String(string(out)), err
		}))
	}
}

func TestEnvironmentOutputAndStart(t *testing.T) {
	p := newPlace(t)
	t.Setenv("TWO", "of the process")
	var out, diag strings.Builder
	var pids []int
	got, err := callIn[*text](p, context.Background(), "prints", nil, Environment("ONE=1", "TWO=2"), Environment("TWO=3"),
		Output(&out, &diag), OnStarted(func(pid int) { pids = append(pids, pid) }))
	if err != nil {
		t.Fatal(err)
	}
	if want := "1 3 " + p.cookie + "\n"; got.GetValue() != want {
		t.Errorf("variables %q, want %q", got.GetValue(), want)
	}
	if diff := cmp.Diff([]string{"a\r\nb \xff", "e\n"}, []string{out.String(), diag.String()}); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
	if len(pids) != 1 || pids[0] == os.Getpid() {
		t.Errorf("started %v", pids)
	}
}

// An object of this process passes its variables on to what it starts.
func TestEnvironmentOfInProcess(t *testing.T) {
	p := newPlace(t)
	o, _ := Defined("runs env")
	started := 0
	m, err := callObject(p, context.Background(), o, nil, InProcess(), Environment("ONE=1"), OnStarted(func(int) { started++ }))
	if got, _ := m.(*text); err != nil || got.GetValue() != "1\n" || started != 0 {
		t.Errorf("%v, %v, and %d starts", m, err, started)
	}
}

func init() {
	Define("runs env", func(self *Context, _, _ *text) (*text, error) {
		out, err := Utility("sh", "-c", "echo $ONE").Output(self)
		return wrapperspb.String(string(out)), err
	})
}

func TestDefined(t *testing.T) {
	if _, ok := Defined("no such object"); ok {
		t.Error("there is an object of a name that nothing was defined with")
	}
	o, ok := Defined("talker")
	if !ok {
		t.Fatal("an object was not found")
	}
	p := newPlace(t)
	_, err := callObject[proto.Message, proto.Message, proto.Message](p, context.Background(), o, wrapperspb.Bool(true), InProcess())
	if want := "talker refuses its input (it takes google.protobuf.UInt32Value, not google.protobuf.BoolValue)"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if _, err := callObject[proto.Message, proto.Message, proto.Message](p, context.Background(), o, &lifecycle.None{}, InProcess(), LogSink(LevelNone, func(*LogRecord) {})); err != nil {
		t.Error(err)
	}
}
