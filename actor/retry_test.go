package actor

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/wrapperspb"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/internal/interval"
	"github.com/ansar-go/ansar/lifecycle"
)

// tried is an object that is tried again, and what became of it.
type tried struct {
	steps  interval.Steps
	random *rand.Rand

	// returns is what attempt n, from 0, returns with that input.
	returns func(self *Context, n int, in *text) (proto.Message, error)

	at []time.Duration // when each attempt began
}

// begin begins the object under its retries.
func (r *tried) begin(b *bubble) *child {
	start := time.Now()
	k := newKind[*lifecycle.None, *text, *text]("client")
	k.run = func(self *Context, _, in proto.Message) (proto.Message, error) {
		r.at = append(r.at, time.Since(start))
		return r.returns(self, len(r.at)-1, in.(*text))
	}
	return b.begin(nil, &order{name: "client", kind: k.retrying(r.steps, r.random), inProcess: true})
}

func values(m ...any) func(*Context, int, *text) (proto.Message, error) {
	return func(_ *Context, n int, _ *text) (proto.Message, error) {
		switch v := m[min(n, len(m)-1)].(type) {
		case error:
			return nil, v
		case proto.Message:
			return v, nil
		}
		panic("neither a value nor an error")
	}
}

var refusedNow = &lifecycle.Maybe{Condition: "refused"}

func TestRetry(t *testing.T) {
	const s = time.Second
	one := 1.0
	tests := []struct {
		name    string
		steps   interval.Steps
		returns func(*Context, int, *text) (proto.Message, error)
		at      []time.Duration
		value   string // empty: a fault
		fault   error
		text    string
	}{
		{"a value at once", interval.Steps{Regular: &one}, values(wrapperspb.String("v")), []time.Duration{0}, "v", nil, ""},
		{
			"a value at the third time", interval.Steps{First: []float64{1, 2, 4}}, values(refusedNow, refusedNow, wrapperspb.String("v")),
			[]time.Duration{0, s, 3 * s}, "v", nil, "",
		},
		{
			"never", interval.Steps{First: []float64{1, 2, 4}}, values(refusedNow),
			[]time.Duration{0, s, 3 * s, 7 * s}, "", lifecycle.ErrExhausted, `^retries are used up after 4 attempts \(refused\)$`,
		},
		{
			"without any pause", interval.Steps{}, values(refusedNow),
			[]time.Duration{0}, "", lifecycle.ErrExhausted, `^retries are used up after 1 attempt \(refused\)$`,
		},
		{
			"Maybe deep in an error", interval.Steps{First: []float64{1}}, values(errors.Join(errors.New("dial"), refusedNow), wrapperspb.String("v")),
			[]time.Duration{0, s}, "v", nil, "",
		},
		{"Cannot", interval.Steps{Regular: &one}, values(&lifecycle.Cannot{Condition: "no such word"}), []time.Duration{0}, "", lifecycle.ErrCannot, "^no such word$"},
		{"Faulted", interval.Steps{Regular: &one}, values(refusedNow, errors.New("broken")), []time.Duration{0, s}, "", lifecycle.ErrFaulted, "^broken$"},
		{"TimedOut", interval.Steps{Regular: &one}, values(lifecycle.ErrTimedOut), []time.Duration{0}, "", lifecycle.ErrTimedOut, "^timed out$"},
		{"Exhausted of its own", interval.Steps{Regular: &one}, values(&lifecycle.Exhausted{Attempts: 9}), []time.Duration{0}, "", lifecycle.ErrExhausted, "after 9 attempts$"},
		{
			"a panic", interval.Steps{Regular: &one}, func(*Context, int, *text) (proto.Message, error) { panic("oh") },
			[]time.Duration{0}, "", cause(lifecycle.Faulted_CAUSE_PANIC), "^panic: oh$",
		},
		{"Interrupted without work", interval.Steps{Regular: &one}, values(lifecycle.ErrInterrupted), []time.Duration{0}, "", lifecycle.ErrInterrupted, "half done"},
		{
			"Interrupted with work of another type", interval.Steps{Regular: &one}, values(interruptedWith(&lifecycle.Ack{})),
			[]time.Duration{0}, "", lifecycle.ErrInterrupted, "half done",
		},
		{
			"Interrupted with no pause left", interval.Steps{First: []float64{1}}, values(refusedNow, interruptedWith(wrapperspb.String("half"))),
			[]time.Duration{0, s}, "", lifecycle.ErrInterrupted, "half done",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, b *bubble) {
				r := &tried{steps: tt.steps, returns: tt.returns}
				c := r.begin(b)
				<-c.ended
				got, err := valueOf[*text](c.outcome)
				if diff := cmp.Diff(tt.at, r.at); diff != "" {
					t.Errorf("attempts (-want +got):\n%s", diff)
				}
				if tt.fault != nil {
					checkFault(t, err, tt.fault, tt.text)
				} else if err != nil || got.GetValue() != tt.value {
					t.Errorf("got %v, %v, want %q", got, err, tt.value)
				}
			})
		})
	}
}

func interruptedWith(work proto.Message) error {
	packed, err := anypb.New(work)
	if err != nil {
		panic(err)
	}
	return &lifecycle.Interrupted{Work: packed}
}

// An attempt that was interrupted goes on where it was.
func TestRetryResumes(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		r := &tried{steps: interval.Steps{First: []float64{1, 1}}}
		var inputs []string
		r.returns = func(_ *Context, n int, in *text) (proto.Message, error) {
			inputs = append(inputs, in.GetValue())
			if n < 2 {
				return nil, interruptedWith(wrapperspb.String(in.GetValue() + "+"))
			}
			return in, nil
		}
		c := r.begin(b)
		if err := b.ends(c); err != nil {
			t.Error(err)
		}
		if want := []string{"", "+", "++"}; !equalStrings(inputs, want) {
			t.Errorf("inputs %q, want %q", inputs, want)
		}
	})
}

func TestRetryLog(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.keepLog(LevelConsole)
		r := &tried{steps: interval.Steps{First: []float64{1, 0.25}}, returns: values(refusedNow)}
		<-r.begin(b).ended
		got := b.lines.String()
		for _, want := range []string{"Retry[ATTEMPTING] - Pausing for 1.000000 seconds\n", "Retry[ATTEMPTING] - Pausing for 0.250000 seconds\n"} {
			if !strings.Contains(got, want) {
				t.Errorf("no line %q in\n%s", want, got)
			}
		}
	})
}

// The random part of the pauses is in the steps of randomized, and comes from
// the source that is given.
func TestRetryRandomized(t *testing.T) {
	step, part := 0.25, 0.5
	steps := interval.Steps{First: []float64{1, 2, 4, 8, 8}, Randomized: &step, Truncated: &part}
	var want []time.Duration
	next, at := steps.Delays(rand.New(rand.NewPCG(7, 7))), time.Duration(0)
	for d, ok := time.Duration(0), true; ok; d, ok = next() {
		at += d
		want = append(want, at)
	}
	inBubble(t, func(t *testing.T, b *bubble) {
		r := &tried{steps: steps, random: rand.New(rand.NewPCG(7, 7)), returns: values(refusedNow)}
		<-r.begin(b).ended
		if diff := cmp.Diff(want, r.at); diff != "" {
			t.Errorf("attempts (-want +got):\n%s", diff)
		}
	})
}

// What others send to the whole reaches the attempt, in order; what comes in a
// pause reaches the next one. The parent of an attempt is that of the whole.
func TestRetryPassesOn(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		var heard []string
		var parent, from *PID
		r := &tried{steps: interval.Steps{First: []float64{10}}}
		r.returns = func(self *Context, n int, _ *text) (proto.Message, error) {
			parent = self.Parent()
			for range 2 {
				m, err := self.Select()
				if err != nil {
					return nil, err
				}
				from = m.From
				if s, ok := m.Body.(*text); ok {
					heard = append(heard, s.GetValue())
				} else {
					heard = append(heard, string(nameOf(m.Body).Name()))
				}
			}
			if n == 0 {
				return nil, lifecycle.ErrMaybe
			}
			return nil, nil
		}
		b.run(func(self *Context) error {
			k := newKind[*lifecycle.None, *text, *text]("client")
			begun := 0
			k.run = func(self *Context, _, in proto.Message) (proto.Message, error) {
				begun++
				return r.returns(self, begun-1, in.(*text))
			}
			client := self.begin(&order{name: "client", kind: k.retrying(r.steps, nil), inProcess: true}, nil)
			send := func(m ...proto.Message) {
				for _, m := range m {
					if err := self.Send(client, m); err != nil {
						t.Error(err)
					}
				}
			}
			send(wrapperspb.String("a"), &lifecycle.T1{})
			time.Sleep(time.Second)
			send(&lifecycle.T1{}, wrapperspb.String("b")) // in the pause: not the timer's
			_, err := self.Select(KindOf[*lifecycle.Completed]())
			if !parent.Equal(self.Address()) || !from.Equal(self.Address()) {
				t.Errorf("parent %v and sender %v, want %v", parent, from, self.Address())
			}
			return err
		})
		if want := []string{"a", "T1", "T1", "b"}; !equalStrings(heard, want) {
			t.Errorf("heard %q, want %q", heard, want)
		}
	})
}

// The whole is ready when an attempt says so, or at once if attempts do not.
func TestRetryReady(t *testing.T) {
	for _, announces := range []bool{true, false} {
		inBubble(t, func(t *testing.T, b *bubble) {
			start := time.Now()
			ready := time.Duration(-1)
			k := newKind[*lifecycle.None, *lifecycle.None, *text]("client")
			k.announces = announces
			n := 0
			k.run = func(self *Context, _, _ proto.Message) (proto.Message, error) {
				if n++; n == 1 {
					return nil, lifecycle.ErrMaybe
				}
				self.Ready()
				return nil, nil
			}
			whole := definition{k.retrying(interval.Steps{First: []float64{1}}, nil)}
			if whole.Announced() != announces {
				t.Errorf("announced: %v", whole.Announced())
			}
			c := b.begin(nil, &order{name: "client", kind: whole.k, inProcess: true, ready: func() { ready = time.Since(start) }})
			if err := b.ends(c); err != nil {
				t.Error(err)
			}
			if want := map[bool]time.Duration{true: time.Second, false: 0}[announces]; ready != want {
				t.Errorf("announced %v: ready after %v, want %v", announces, ready, want)
			}
		})
	}
}

// In whatever order attempts end and time passes, there is one attempt more
// than there were pauses, and the end is what the last attempt was worth.
func TestRetryCounts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		maybes := rapid.IntRange(0, 9).Draw(rt, "maybes")
		limit := rapid.Uint32Range(0, 9).Draw(rt, "limit")
		stopAt := rapid.Ptr(rapid.IntRange(0, 9), true).Draw(rt, "stop during pause")
		inBubble(t, func(t *testing.T, b *bubble) {
			regular := 10.0
			outcomes := make([]any, 0, maybes+1)
			for range maybes {
				outcomes = append(outcomes, refusedNow)
			}
			r := &tried{steps: interval.Steps{Regular: &regular, Limit: &limit}, returns: values(append(outcomes, wrapperspb.String("v"))...)}
			c := r.begin(b)
			if stopAt != nil {
				time.Sleep(time.Duration(*stopAt)*10*time.Second + 5*time.Second)
				c.stop(stopIn(time.Minute, ""), false)
			}
			err := b.ends(c)
			pauses := min(maybes, int(limit))
			attempts, want := pauses+1, error(nil)
			if maybes > int(limit) {
				want = lifecycle.ErrExhausted
			}
			if stopAt != nil && *stopAt < pauses {
				attempts, want = *stopAt+1, lifecycle.ErrAborted
			}
			if len(r.at) != attempts || (want == nil) != (err == nil) || want != nil && !errors.Is(err, want) {
				rt.Errorf("%d attempts and %v, want %d and %v", len(r.at), err, attempts, want)
			}
		})
	})
}

func TestRetryLifeIsTotal(t *testing.T) {
	for s := range retryLife {
		for e, do := range retryLife[s] {
			if do == nil {
				t.Errorf("nothing is said about event %d in %s", e, retryState(s).name())
			}
		}
	}
}

func TestRetryingRefuses(t *testing.T) {
	bad := math.NaN()
	_, err := Retrying(guest, &lifecycle.Retry{RegularSteps: &bad})
	if want := "regular_steps is NaN: it must be a number of seconds, 0 or more"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	def, err := Retrying(guest, &lifecycle.Retry{FirstSteps: []float64{1}})
	if err != nil || def.Name() != "Retry" || !def.Announced() {
		t.Errorf("got %v, %v", def, err)
	}
}
