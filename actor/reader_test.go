package actor

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/ansar-go/ansar/internal/link"
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
