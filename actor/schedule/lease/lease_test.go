package lease

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/lifecycle"
)

type text = wrapperspb.StringValue

var said = actor.KindOf[*text]()

// user takes the console again and again, and tells its parent of it, which says when
// to give it back.
var user = actor.Define("console-user", func(self *actor.Context, _ *lifecycle.None, keeper *actor.PID) (*lifecycle.Ack, error) {
	for {
		l, err := Take(self, keeper, "console")
		if err != nil {
			return nil, err
		}
		news := fmt.Sprintf("%d %v %s", os.Getpid(), l.PreviousOwnerDied, l.PreviousOwner.Name)
		if err := self.Send(self.Parent(), wrapperspb.String(news)); err != nil {
			return nil, err
		}
		m, err := self.Select(said)
		if err != nil {
			return nil, err
		}
		l.Release()
		if m.Body.(*text).GetValue() == "end" {
			return &lifecycle.Ack{}, nil
		}
	}
})

// tests numbers the objects of tests: a name can be defined once.
var tests atomic.Int32

// inObject runs a test as an object of this process, with a keeper.
func inObject(t *testing.T, capacity map[string]int, test func(self *actor.Context, keeper *actor.PID) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), hang)
	defer cancel()
	o := actor.Define(fmt.Sprintf("test-%s-%d", t.Name(), tests.Add(1)), func(self *actor.Context, _, _ *lifecycle.None) (*lifecycle.Ack, error) {
		defer self.AutoStop()
		return nil, test(self, Keep(self, capacity))
	})
	if _, err := o.Call(ctx, nil, actor.InProcess()); err != nil {
		t.Error(err)
	}
}

// awaitWaiting waits until so many wait for a lease.
func awaitWaiting(self *actor.Context, keeper *actor.PID, name string, n int) error {
	for {
		uses, err := Uses(self, keeper)
		if err != nil {
			return err
		}
		for _, u := range uses {
			if u.Lease == name && len(u.Waiting) == n {
				return nil
			}
		}
	}
}

// TestPC11Alternating has two processes share a console, and one of them killed.
func TestPC11Alternating(t *testing.T) {
	for _, options := range [][]actor.Option{nil, {actor.InProcess()}} {
		t.Run(fmt.Sprintf("%d options", len(options)), func(t *testing.T) {
			inObject(t, map[string]int{"console": 1}, func(self *actor.Context, keeper *actor.PID) error {
				users := []*actor.PID{user.Create(self, keeper, options...), user.Create(self, keeper, options...)}
				var last actor.Message
				for turn := range 10 {
					m, err := self.Select(said)
					if err != nil {
						return err
					}
					if turn > 0 && m.From.Equal(last.From) {
						t.Errorf("turn %d: the same one twice", turn)
					}
					if strings.Contains(m.Body.(*text).GetValue(), "true") {
						t.Errorf("turn %d: somebody has died", turn)
					}
					last = m
					if err := awaitWaiting(self, keeper, "console", 1); err != nil {
						return err
					}
					if turn < 9 {
						if err := self.Send(m.From, wrapperspb.String("on")); err != nil {
							return err
						}
					}
				}
				return nextAfterDeath(t, self, last, users, len(options) > 0)
			})
		})
	}
}

// nextAfterDeath ends the holder, and checks that the other has the console and knows.
func nextAfterDeath(t *testing.T, self *actor.Context, holder actor.Message, users []*actor.PID, inProcess bool) error {
	var pid int
	if _, err := fmt.Sscan(holder.Body.(*text).GetValue(), &pid); err != nil {
		return err
	}
	at := time.Now()
	if inProcess {
		self.Stop(holder.From)
	} else if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return err
	}
	m, err := self.Select(said)
	if err != nil {
		return err
	}
	t.Logf("the next one has it after %v", time.Since(at))
	want := fmt.Sprintf(" true console-user <%s@%s>", holder.From.GetId(), holder.From.GetAddress())
	if got := m.Body.(*text).GetValue(); m.From.Equal(holder.From) || !strings.HasSuffix(got, want) {
		t.Errorf("%q from %v, want ...%q from the other of %v", got, m.From, want, users)
	}
	return self.Send(m.From, wrapperspb.String("end"))
}

// TestPC12Takers has 12 objects take one of 5 with a wait of one second, of which 5
// hold theirs until all others have an answer.
func TestPC12Takers(t *testing.T) {
	inObject(t, map[string]int{"board": 5}, func(self *actor.Context, keeper *actor.PID) error {
		var pids []*actor.PID
		for i := range 12 {
			pids = append(pids, taker.Create(self, keeper, actor.InProcess()))
			if i < 5 {
				if m, err := self.Select(said); err != nil || !strings.HasPrefix(m.Body.(*text).GetValue(), "has") || !m.From.Equal(pids[i]) {
					return fmt.Errorf("taker %d: %v, %v", i, m, err)
				}
			} else if err := awaitWaiting(self, keeper, "board", i-4); err != nil {
				return err
			}
		}
		for i := range 2 { // in order, whoever gives back
			if err := self.Send(pids[4-i], wrapperspb.String("end")); err != nil {
				return err
			}
			if m, err := self.Select(said); err != nil || !m.From.Equal(pids[5+i]) || !strings.HasPrefix(m.Body.(*text).GetValue(), "has") {
				return fmt.Errorf("taker %d is not the next: %v, %v", 5+i, m, err)
			}
		}
		late := map[string]bool{}
		for range 5 {
			m, err := self.Select(said)
			if err != nil {
				return err
			}
			got := m.Body.(*text).GetValue()
			if !strings.HasPrefix(got, "cannot take board: not free within 1s: held by taker <") || strings.Count(got, "taker <") != 5 {
				t.Errorf("refused by %q", got)
			}
			late[m.From.GetId()] = true
		}
		for _, pid := range pids[7:] {
			if !late[pid.GetId()] {
				t.Errorf("%v was not refused", pid)
			}
		}
		return nil
	})
}

var taker = actor.Define("taker", func(self *actor.Context, _ *lifecycle.None, keeper *actor.PID) (*lifecycle.Ack, error) {
	l, err := Take(self, keeper, "board", Wait(time.Second))
	if err != nil {
		if !errors.Is(err, lifecycle.ErrTimedOut) {
			return nil, err
		}
		return nil, self.Send(self.Parent(), wrapperspb.String(err.Error()))
	}
	defer l.Release()
	if err := self.Send(self.Parent(), wrapperspb.String("has")); err != nil {
		return nil, err
	}
	_, err = self.Select(said)
	return nil, err
})

// crosser takes two leases, the second when it is told to.
var crosser = actor.Define("crosser", func(self *actor.Context, names *text, keeper *actor.PID) (*lifecycle.Ack, error) {
	for i, name := range strings.Fields(names.GetValue()) {
		if i > 0 {
			if _, err := self.Select(said); err != nil {
				return nil, err
			}
		}
		_, err := Take(self, keeper, name)
		if deadlock := (*DeadlockError)(nil); errors.As(err, &deadlock) {
			return nil, self.Send(self.Parent(), wrapperspb.String(err.Error()))
		}
		if err != nil {
			return nil, err
		}
		if err := self.Send(self.Parent(), wrapperspb.String("has "+name)); err != nil {
			return nil, err
		}
	}
	return nil, nil
})

func TestDeadlockIsNamed(t *testing.T) {
	inObject(t, map[string]int{"console": 1, "power": 1}, func(self *actor.Context, keeper *actor.PID) error {
		a := crosser.With(wrapperspb.String("console power")).Create(self, keeper, actor.InProcess())
		b := crosser.With(wrapperspb.String("power console")).Create(self, keeper)
		for range 2 {
			if _, err := self.Select(said); err != nil {
				return err
			}
		}
		if err := self.Send(a, wrapperspb.String("on")); err != nil {
			return err
		}
		if err := awaitWaiting(self, keeper, "power", 1); err != nil {
			return err
		}
		if err := self.Send(b, wrapperspb.String("on")); err != nil {
			return err
		}
		m, err := self.Select(said)
		if err != nil {
			return err
		}
		first, second := fmt.Sprintf("crosser <%s@%s>", a.GetId(), a.GetAddress()), fmt.Sprintf("crosser <%s@%s>", b.GetId(), b.GetAddress())
		want := "cannot take console: deadlock: " + second + " waits for console, held by " + first + ", which waits for power, held by " + second
		if got := m.Body.(*text).GetValue(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		m, err = self.Select(said) // the end of b gives the other what it waits for
		if err == nil && m.Body.(*text).GetValue() != "has power" {
			t.Errorf("%v, want that a has power", m)
		}
		return err
	})
}

// A Take whose context ends leaves nothing behind, whether it was granted or not.
func TestTakeGivenUp(t *testing.T) {
	inObject(t, map[string]int{"console": 1}, func(self *actor.Context, keeper *actor.PID) error {
		held, err := Take(self, keeper, "console")
		if err != nil {
			return err
		}
		ctx, cancel := context.WithCancel(self)
		done := make(chan error)
		go func() {
			_, err := Take(ctx, keeper, "console", Wait(hang))
			done <- err
		}()
		cancel()
		var deadlock *DeadlockError // it waits for itself, and may hear of that first
		if err := <-done; !errors.Is(err, context.Canceled) && !errors.As(err, &deadlock) {
			t.Errorf("%v, want that it was cancelled", err)
		}
		held.Release()
		held.Release()
		uses, err := Uses(self, keeper)
		if diff := cmp.Diff([]Use{{Lease: "console", Capacity: 1}}, uses); diff != "" {
			t.Errorf("uses (-want +got):\n%s", diff)
		}
		return err
	})
}

func TestTakeRefused(t *testing.T) {
	if _, err := Take(t.Context(), &actor.PID{}, "console"); !errors.Is(err, ErrNoObject) {
		t.Errorf("%v, want ErrNoObject", err)
	}
	inObject(t, map[string]int{"console": 0}, func(self *actor.Context, keeper *actor.PID) error {
		var unknown *UnknownError
		if _, err := Take(self, keeper, "consol"); !errors.As(err, &unknown) {
			t.Errorf("%v, want an UnknownError", err)
		}
		l, err := Take(self, keeper, "console")
		if err != nil {
			return err
		}
		if _, err := Take(self, keeper, "console", Wait(0)); err == nil || !strings.Contains(err.Error(), "deadlock") {
			t.Errorf("%v, want a deadlock with itself", err)
		}
		self.Stop(keeper)
		if _, err := self.Select(actor.KindOf[*lifecycle.Completed]()); err != nil {
			return err
		}
		l.Release()
		if _, err := Take(self, keeper, "console"); !errors.Is(err, lifecycle.ErrFaulted) {
			t.Errorf("%v, want that the keeper is gone", err)
		}
		return nil
	})
}

var inUse [2]atomic.Int32 // of each unit of the hammer

// hammerer takes a board as often as its input says.
var hammerer = actor.Define("hammerer", func(self *actor.Context, _ *lifecycle.None, keeper *actor.PID) (*text, error) {
	for i := range 50 {
		l, err := Take(self, keeper, "board")
		if err != nil {
			return nil, err
		}
		if n := inUse[l.Unit].Add(1); n != 1 {
			return wrapperspb.String(fmt.Sprintf("%d have board %d", n, l.Unit)), nil
		}
		inUse[l.Unit].Add(-1)
		if i%7 != 0 || i == 49 {
			l.Release()
			continue
		}
		if _, err := Take(self, keeper, "board", Wait(time.Microsecond)); err == nil { // or it is refused
			return wrapperspb.String("ended with two"), nil // others go on
		}
		l.Release()
	}
	return &text{}, nil
})

// Nobody has what another has, whoever asks, waits, gives up or ends at a time.
func TestHammer(t *testing.T) {
	inObject(t, map[string]int{"board": 2}, func(self *actor.Context, keeper *actor.PID) error {
		for range 20 {
			hammerer.Create(self, keeper, actor.InProcess())
		}
		for range 20 {
			m, err := self.Select(actor.KindOf[*lifecycle.Completed]())
			if err != nil {
				return err
			}
			how, err := actor.Value[*text](m)
			if err != nil {
				return err
			}
			if got := how.GetValue(); got != "" && got != "ended with two" {
				t.Error(got)
			}
		}
		for { // the keeper hears of ends soon
			uses, err := Uses(self, keeper)
			if err != nil || cmp.Equal([]Use{{Lease: "board", Capacity: 2}}, uses) {
				return err
			}
		}
	})
}
