package actor

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/lifecycle"
)

func equalStrings(a, b []string) bool { return slices.Equal(a, b) }

// waits is an object that does nothing until it is stopped, and then calls
// ended.
func waits(ended func()) func(self *Context) error {
	return func(self *Context) error {
		<-self.Done()
		ended()
		return nil
	}
}

// Jobs are noted by address until they are debriefed.
func TestJobs(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.run(func(self *Context) error {
			free := map[string]chan struct{}{}
			pids := map[string]*PID{}
			for _, job := range []string{"a", "b", "c"} {
				c := make(chan struct{})
				free[job] = c
				pids[job] = below(self, job, func(*Context) error { <-c; return nil })
				self.Assign(pids[job], job)
			}
			if job, ok := self.Progress(pids["b"]); !ok || job != "b" || self.Working() != 3 {
				t.Errorf("b works on %v, %v of %d", job, ok, self.Working())
			}
			for _, j := range self.Running() {
				if !j.PID.Equal(pids[j.Job.(string)]) {
					t.Errorf("%v is said to do %v", j.PID, j.Job)
				}
			}
			for left, job := range []string{"c", "a", "b"} {
				close(free[job])
				m, err := self.Select(KindOf[*lifecycle.Completed]())
				if err != nil {
					return err
				}
				if got := DebriefAs[string](self, m); got != job || self.Working() != 2-left {
					t.Errorf("debriefed %q of %q, %d left", got, job, self.Working())
				}
				if again, ok := self.Debrief(m); ok || DebriefAs[string](self, m) != "" {
					t.Errorf("debriefed %v twice", again)
				}
			}
			if _, ok := self.Progress(pids["a"]); ok || len(self.Running()) != 0 {
				t.Errorf("still running: %v", self.Running())
			}
			return nil
		})
	})
}

// AutoStop ends the children, youngest first, and an object that returns
// leaves none either.
func TestAutoStop(t *testing.T) {
	for name, way := range map[string]func(self *Context) error{
		"AutoStop":          func(self *Context) error { self.AutoStop(); return nil },
		"returns":           func(*Context) error { return nil },
		"returns an error":  func(*Context) error { return lifecycle.ErrCannot },
		"panics":            func(*Context) error { panic("out") },
		"is told to stop":   func(self *Context) error { self.tell(stopIn(time.Minute, "")); return nil },
		"has ended already": func(self *Context) error { self.AutoStop(); self.AutoStop(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, b *bubble) {
				b.keepLog(LevelObject)
				c := b.object("main", func(self *Context) error {
					for _, child := range []string{"old", "middle", "young"} {
						below(self, child, waits(func() { time.Sleep(time.Second) }))
					}
					synctest.Wait()
					return way(self)
				})
				<-c.ended
				if got, want := namesOf(b.lines.String(), "Received Stop", "main"), []string{"young", "middle", "old"}; !slices.Equal(got, want) {
					t.Errorf("stopped %q, want %q", got, want)
				}
				if got := namesOf(b.lines.String(), "Destroyed", ""); len(got) != 4 || got[3] != "main" {
					t.Errorf("ended %q, want main at last", got)
				}
			})
		})
	}
}

// namesOf gives the names of those who logged the text, but for one.
func namesOf(lines, text, but string) []string {
	var names []string
	for line := range strings.Lines(lines) {
		head, said, _ := strings.Cut(strings.TrimSpace(line), " - ")
		_, name, _ := strings.Cut(head, ">")
		if strings.HasSuffix(head, ">") || said != text || name == but {
			continue
		}
		names = append(names, name)
	}
	return names
}

// A callback takes the Completed of its child out of whatever Select comes to
// it; that Select goes on waiting.
func TestOnCompleted(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.run(func(self *Context) error {
			called := 0
			first := below(self, "first", func(*Context) error { return lifecycle.ErrMaybe })
			self.OnCompleted(first, func(m Message) {
				called++
				if _, err := Value[*lifecycle.Ack](m); !errors.Is(err, lifecycle.ErrMaybe) || !m.From.Equal(first) {
					t.Errorf("it is told %v of %v", err, m.From)
				}
			})
			second := below(self, "second", func(*Context) error { time.Sleep(time.Second); return nil })
			m, err := self.Select(KindOf[*lifecycle.Completed]())
			if err != nil || !m.From.Equal(second) || called != 1 {
				t.Errorf("the Select gave %v of %v, %d calls", err, m.From, called)
			}
			third := below(self, "third", func(*Context) error { return nil })
			self.OnCompleted(third, func(Message) { called++ })
			if _, err := self.SelectWithin(time.Second, T1); !errors.Is(err, lifecycle.ErrTimedOut) || called != 2 {
				t.Errorf("a Select for something else gave %v, %d calls", err, called)
			}
			return nil
		})
	})
}

// Children of an object that does not heed a stop are stopped for it, in this
// process too, so that they can clean up before the process is ended.
func TestHostStopsBelowTheStubborn(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		free := make(chan struct{})
		begun := time.Now()
		var cleaned, left time.Duration
		h := &Host{node: b.node}
		h.leave = func(c *lifecycle.Completed) {
			left = time.Since(begun)
			if fault := faultIn(c.GetValue()); !errors.Is(fault, lifecycle.ErrAborted) {
				t.Errorf("it leaves with %v", fault)
			}
			close(free)
		}
		stubborn := &kind{name: "stubborn", run: func(self *Context, _, _ proto.Message) (proto.Message, error) {
			below(self, "healthy", waits(func() { cleaned = time.Since(begun) }))
			<-free
			return &lifecycle.Ack{}, nil
		}}
		done := make(chan struct{})
		go func() { h.Run(definition{stubborn}, nil, nil, nil); close(done) }()
		synctest.Wait()
		h.Stop("test", 8*time.Second)
		h.Stop("again", time.Hour) // changes nothing
		<-done
		if cleaned == 0 || cleaned > 4*time.Second || left != 8*time.Second {
			t.Errorf("cleaned up after %v, left after %v", cleaned, left)
		}
	})
}

// Whatever is begun too late, by a goroutine that outlives its object, is
// stopped at once.
func TestChildOfTheDead(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		late := make(chan *Context, 1)
		b.run(func(self *Context) error { late <- self; return nil })
		dead := <-late
		c := b.begin(dead, &order{name: "late", kind: runs("late", waits(func() {})), inProcess: true})
		<-c.ended
		_, err := Call[*lifecycle.Ack](dead, "anything", nil)
		checkFault(t, err, lifecycle.ErrAborted, "")
		if err := fmt.Errorf("%w", dead.Err()); dead.Cleanup().Err() == nil {
			t.Errorf("the dead still clean up: %v", err)
		}
	})
}
