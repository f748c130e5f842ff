package interval_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/internal/interval"
)

// anySteps are steps in milliseconds, so that sums of them are exact.
func anySteps(t *rapid.T) interval.Steps {
	milli := rapid.Map(rapid.IntRange(0, 20_000), func(n int) float64 { return float64(n) / 1000 })
	return interval.Steps{
		First:      rapid.SliceOfN(milli, 0, 6).Draw(t, "first"),
		Regular:    rapid.Ptr(milli, true).Draw(t, "regular"),
		Limit:      rapid.Ptr(rapid.Uint32Range(0, 12), true).Draw(t, "limit"),
		Randomized: rapid.Ptr(milli, true).Draw(t, "randomized"),
		Truncated:  rapid.Ptr(rapid.Map(rapid.IntRange(0, 20), func(n int) float64 { return float64(n) / 10 }), true).Draw(t, "truncated"),
	}
}

// plain is the sequence before anything is random, written as its definition:
// first steps, then regular ones without end, and only Limit of all of them.
func plain(s interval.Steps, n int) []time.Duration {
	raw := slices.Clone(s.First)
	for s.Regular != nil && len(raw) < n {
		raw = append(raw, *s.Regular)
	}
	raw = raw[:min(len(raw), n)]
	if s.Limit != nil {
		raw = raw[:min(len(raw), int(*s.Limit))]
	}
	delays := make([]time.Duration, len(raw))
	for i, f := range raw {
		delays[i] = milliseconds(f)
	}
	return delays
}

func milliseconds(seconds float64) time.Duration {
	return time.Duration(seconds*1000+0.5) * time.Millisecond
}

// Whatever the steps, there are as many delays as the definition says, each is
// the plain one and a multiple of the grain, and the bound holds.
func TestDelaysKeepTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const n = 20
		s := anySteps(t)
		seed := rapid.Uint64().Draw(t, "seed")
		next := s.Delays(rand.New(rand.NewPCG(seed, 0)))
		again := s.Delays(rand.New(rand.NewPCG(seed, 0)))
		for i, want := range plain(s, n) {
			got, ok := next()
			if !ok {
				t.Fatalf("only %d delays of %v", i, plain(s, n))
			}
			if same, _ := again(); same != got {
				t.Fatalf("delay %d is %v and, with the same random numbers, %v", i, got, same)
			}
			checkRandom(t, s, i, want, got)
		}
		if len(plain(s, n)) == n {
			return
		}
		for range 3 {
			if extra, ok := next(); ok {
				t.Fatalf("an extra delay of %v after %v", extra, plain(s, n))
			}
		}
	})
}

func checkRandom(t *rapid.T, s interval.Steps, i int, want, got time.Duration) {
	added := got - want
	if s.Randomized == nil || *s.Randomized == 0 {
		if added != 0 {
			t.Fatalf("delay %d is %v, want %v", i, got, want)
		}
		return
	}
	grain, room := milliseconds(*s.Randomized), want
	if s.Truncated != nil { // tenths of milliseconds are whole microseconds
		room = want / 10 * time.Duration(*s.Truncated*10+0.5)
	}
	if added < 0 || added > room || added%grain != 0 {
		t.Fatalf("delay %d is %v: want %v and a multiple of %v up to %v", i, got, want, grain, room)
	}
}
