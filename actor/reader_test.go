package actor

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ansar-go/ansar/internal/link"
	"github.com/ansar-go/ansar/lifecycle"
)

// A stop is logged. In a child the log waits for credit that comes over the
// link: so the reader of the link must not wait for the log.
func TestReaderDoesNotWaitForTheLog(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		object := b.object("object", func(self *Context) error {
			_, err := self.Select()
			return err
		})
		synctest.Wait()
		credit, read := make(chan struct{}), make(chan struct{})
		b.log.to(LevelObject, func(*LogRecord) { <-credit })
		go func() {
			defer close(read)
			arrivals{b.node}.Deliver(link.Message{Target: linkOf(object.pid), Type: stopName, Done: func() {}})
		}()
		time.Sleep(time.Second)
		select {
		case <-read:
		default:
			t.Error("the reader waits")
		}
		close(credit)
		<-read
		<-object.ended
	})
}

// Whoever writes to a part of the engine room, or to nobody, gets the credit
// back, or could never write again.
func TestCreditOfMailForNobody(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.run(func(self *Context) error {
			self.StartTimer(T1, time.Second)
			_, err := self.Select(T1)
			return err
		})
		question := b.asks.ask(&PID{Address: b.address, Id: mainID})
		defer b.asks.done(question)
		for _, id := range []string{timerID, b.asks.watcher.Id, question.pid.Id, mainID} {
			for _, name := range []string{stopName, string(nameOf(&lifecycle.Ack{}))} {
				var returned atomic.Int32
				arrivals{b.node}.Deliver(link.Message{
					Target: link.PID{Address: b.address, ID: id}, Type: name, Done: func() { returned.Add(1) },
				})
				time.Sleep(time.Millisecond)
				if got := returned.Load(); got != 1 {
					t.Errorf("%s to %s: credit was returned %d times, want once", name, id, got)
				}
			}
		}
	})
}
