package schedule

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// What a slow subscriber misses is told once a second, and the rest at the end, however much it is.
func TestMissedEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sequence uint64
		goOn := make(chan struct{})
		s := subscribe(func(*schedulepb.Event) { <-goOn }, func() {})
		offer := func(n int) {
			for range n {
				sequence++
				s.offer(&schedulepb.Event{Sequence: sequence})
			}
		}
		offer(1)
		synctest.Wait() // it hears the first
		offer(subscriberQueue)
		var got []string
		got = append(got, s.take()...)
		offer(1)
		got = append(got, s.take()...)
		offer(5000)
		got = append(got, s.take()...)
		s.offer(&schedulepb.Event{Sequence: sequence + 1, Kind: &schedulepb.Event_Warning{Warning: &schedulepb.Warning{}}})
		keptUp := s.settle() // which waits for it in vain
		got = append(got, s.take()...)
		got = append(got, s.take()...)
		close(goOn)
		s.end(keptUp)
		synctest.Wait()
		for i := range got {
			got[i] = strings.TrimPrefix(got[i], "a subscriber is too slow: it misses ")
		}
		if diff := cmp.Diff([]string{"event 8194", "5000 events from 8195 to 13194"}, got); diff != "" || keptUp {
			t.Errorf("kept up %v, told (-want +got):\n%s", keptUp, diff)
		}
	})
}
