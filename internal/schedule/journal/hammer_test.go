package journal

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Some append, some follow, some ask, and one closes the journal in the midst of it: all
// that was accepted is read by all.
func TestHammer(t *testing.T) {
	for range 5 {
		folder := t.TempDir()
		w, err := Create(folder)
		if err != nil {
			t.Fatal(err)
		}
		appendAll(t, w, loaded(1))
		ctx, cancel := context.WithTimeout(t.Context(), hang)
		var others, writers sync.WaitGroup
		followed := make([][]uint64, 3)
		for i := range followed {
			others.Go(func() {
				for e, err := range Follow(ctx, folder, 1) {
					if err != nil {
						t.Error(err)
						return
					}
					followed[i] = append(followed[i], e.GetSequence())
				}
			})
		}
		var mu sync.Mutex // guards accepted, and the order of numbers
		accepted := uint64(1)
		middle := make(chan struct{})
		for range 4 {
			writers.Go(func() {
				for {
					mu.Lock()
					err := w.Append(outputs(accepted+1, accepted+3)...)
					if err == nil {
						accepted += 3
					}
					if accepted == 301 {
						close(middle)
					}
					mu.Unlock()
					if errors.Is(err, ErrClosed) {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					Alive(folder)
				}
			})
		}
		<-middle
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		writers.Wait()
		others.Wait()
		cancel()
		for i, got := range append(followed, sequences(t, folder)) {
			if diff := cmp.Diff(upTo(1, accepted), got); diff != "" {
				t.Errorf("reader %d: events (-want +got):\n%.1000s", i, diff)
			}
		}
	}
}
