package link

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"
)

// Whatever is taken, given and cancelled: nobody waits while there is room,
// those who wait pass in order, and at last nothing is in use.
func TestGate(t *testing.T) {
	type event struct {
		what int
		n    int64
	}
	anyEvent := rapid.Custom(func(t *rapid.T) event {
		return event{rapid.IntRange(0, 2).Draw(t, "what"), rapid.Int64Range(1, 30).Draw(t, "bytes")}
	})
	rapid.Check(t, func(rt *rapid.T) {
		limit := rapid.Int64Range(1, 20).Draw(rt, "limit")
		events := rapid.SliceOfN(anyEvent, 1, 40).Draw(rt, "events")
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			g := &gate{limit: limit}
			type taker struct {
				step   int
				n      int64
				cancel context.CancelFunc
			}
			var passed, waiting []*taker
			latest := -1 // of those who passed
			for step, e := range events {
				switch e.what {
				case 0:
					ctx, cancel := context.WithCancel(context.Background())
					k := &taker{step, e.n, cancel}
					waiting = append(waiting, k)
					go func() {
						mu.Lock()
						defer mu.Unlock()
						if g.take(ctx, &mu, k.n) == nil {
							latest = max(latest, step)
							passed = append(passed, k)
						}
						for i, w := range waiting {
							if w == k {
								waiting = append(waiting[:i:i], waiting[i+1:]...)
							}
						}
					}()
				case 1:
					mu.Lock()
					if len(passed) > 0 {
						g.give(passed[0].n)
						passed[0].cancel()
						passed = passed[1:]
					}
					mu.Unlock()
				case 2:
					mu.Lock()
					if len(waiting) > 0 {
						waiting[len(waiting)-1].cancel()
					}
					mu.Unlock()
				}
				synctest.Wait()
				mu.Lock()
				if len(waiting) > 0 && g.used < g.limit {
					rt.Errorf("%d wait, and %d of %d are in use", len(waiting), g.used, g.limit)
				}
				for _, k := range waiting {
					if k.step < latest {
						rt.Errorf("the taker of step %d waits, and that of step %d passed", k.step, latest)
					}
				}
				mu.Unlock()
			}
			for _, k := range append(passed, waiting...) {
				k.cancel()
			}
			synctest.Wait()
			for _, k := range passed {
				g.give(k.n)
			}
			if !g.idle() {
				rt.Errorf("at last %d are in use and %d wait", g.used, len(g.line))
			}
		})
	})
}

func TestGateFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		g := &gate{limit: 1}
		g.force(5)
		result := make(chan error, 1)
		go func() {
			mu.Lock()
			defer mu.Unlock()
			result <- g.take(context.Background(), &mu, 1)
		}()
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		g.fail(ErrNoRoute)
		mu.Unlock()
		if err := <-result; !errors.Is(err, ErrNoRoute) {
			t.Errorf("take returned %v, want %v", err, ErrNoRoute)
		}
		mu.Lock()
	})
}
