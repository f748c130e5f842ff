package actor

import (
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/internal/interval"
	"github.com/ansar-go/ansar/lifecycle"
)

func TestRetryStopped(t *testing.T) {
	tests := []struct {
		name    string
		returns func(*Context, int, *text) (proto.Message, error)
		want    error // nil: its value
		took    time.Duration
	}{
		{"in a pause", values(refusedNow), lifecycle.ErrAborted, 0},
		{"at work", func(self *Context, _ int, _ *text) (proto.Message, error) {
			<-self.Done()
			time.Sleep(time.Second)
			return nil, self.Err()
		}, lifecycle.ErrAborted, time.Second},
		{"at work, and it says Maybe", func(self *Context, _ int, _ *text) (proto.Message, error) {
			<-self.Done()
			return nil, lifecycle.ErrMaybe
		}, lifecycle.ErrAborted, 0},
		{"at work, and it has a value", func(self *Context, _ int, _ *text) (proto.Message, error) {
			<-self.Done()
			return wrapperspb.String("done"), nil
		}, nil, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, b *bubble) {
				r := &tried{steps: interval.Steps{First: []float64{3600}}, returns: tt.returns}
				c := r.begin(b)
				time.Sleep(time.Minute)
				told := time.Now()
				c.stop(stopIn(time.Minute, "enough"), false)
				<-c.ended
				if took := time.Since(told); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
				value, err := valueOf[*text](c.outcome)
				if tt.want != nil {
					checkFault(t, err, tt.want, "^aborted")
				} else if err != nil || value.GetValue() != "done" {
					t.Errorf("got %v, %v", value, err)
				}
				if len(r.at) != 1 {
					t.Errorf("%d attempts, want 1", len(r.at))
				}
			})
		})
	}
}

// An attempt that heeds no stop is given up after the grace.
func TestRetryStubborn(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		free := make(chan struct{})
		r := &tried{returns: func(*Context, int, *text) (proto.Message, error) {
			<-free
			return nil, lifecycle.ErrMaybe
		}}
		c := r.begin(b)
		synctest.Wait()
		told := time.Now()
		c.stop(stopIn(10*time.Second, ""), false)
		<-c.ended
		if took := time.Since(told); took > 11*time.Second {
			t.Errorf("took %v", took)
		}
		checkFault(t, b.ends(c), lifecycle.ErrAborted, "did not stop in time")
		close(free)
		synctest.Wait()
	})
}
