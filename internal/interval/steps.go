package interval

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// Steps describes a sequence of delays. All numbers are seconds, but for Limit
// and Truncated. The zero value is a sequence without delays.
//
//	First      Regular  Limit  sequence
//	1, 2, 4    -        -      1, 2, 4
//	-          1        -      1, 1, 1 and so on without end
//	-          1        4      1, 1, 1, 1
//	1, 2, 4    8        6      1, 2, 4, 8, 8, 8
//	1, 2, 4    -        0      none
type Steps struct {
	// First are the delays that come first, in this order.
	First []float64

	// Regular is the delay that is repeated after them, without end. Nil: the
	// sequence ends with First.
	Regular *float64

	// Limit is how many delays there are at most. Nil: no limit.
	Limit *uint32

	// Randomized lengthens each delay by a random multiple of itself: a delay d
	// by between 0 and d in steps of Randomized. Nil: not at all.
	Randomized *float64

	// Truncated bounds what Randomized adds to this part of the delay: 0.5 adds
	// half of the delay at most. Nil: 1.
	Truncated *float64
}

// longest is what a longer delay is taken for: 73 years.
const longest = time.Duration(math.MaxInt64 / 4)

// Check reports whether every number is one that can be waited for: not
// negative, and finite. The error names the field as it is written in files.
func (s Steps) Check() error {
	for i, f := range s.First {
		if !waitable(f) {
			return fmt.Errorf("first_steps[%d] is %v: it must be a number of seconds, 0 or more", i, f)
		}
	}
	for _, f := range []struct {
		name  string
		value *float64
		what  string
	}{
		{"regular_steps", s.Regular, "a number of seconds, 0 or more"},
		{"randomized", s.Randomized, "a number of seconds, 0 or more"},
		{"truncated", s.Truncated, "a part of the delay, 0 or more"},
	} {
		if f.value != nil && !waitable(*f.value) {
			return fmt.Errorf("%s is %v: it must be %s", f.name, *f.value, f.what)
		}
	}
	return nil
}

func waitable(f float64) bool { return f >= 0 && !math.IsInf(f, 1) } // NaN is not >= 0

// Delays gives a function that gives the delays one after the other, and
// false when there is none left. The function is for one goroutine.
//
// The random part comes from random; nil means a source that nobody can
// foretell. The same Steps with the same random numbers give the same delays.
// A number that [Steps.Check] refuses counts as 0.
func (s Steps) Delays(random *rand.Rand) func() (time.Duration, bool) {
	next := 0
	return func() (time.Duration, bool) {
		if s.Limit != nil && int64(next) >= int64(*s.Limit) {
			return 0, false
		}
		var seconds float64
		switch {
		case next < len(s.First):
			seconds = s.First[next]
		case s.Regular != nil:
			seconds = *s.Regular
		default:
			return 0, false
		}
		next++
		return s.randomize(duration(seconds), random), true
	}
}

// randomize counts in nanoseconds, in which a third step of 0.1 does fit into
// 0.3 seconds.
func (s Steps) randomize(d time.Duration, random *rand.Rand) time.Duration {
	if s.Randomized == nil {
		return d
	}
	room := d
	if s.Truncated != nil {
		room = duration(d.Seconds() * *s.Truncated)
	}
	grain := duration(*s.Randomized)
	if grain <= 0 {
		return d
	}
	n := int64(room/grain) + 1
	if random == nil {
		return d + time.Duration(rand.Int64N(n))*grain
	}
	return d + time.Duration(random.Int64N(n))*grain
}

func duration(seconds float64) time.Duration {
	if !(seconds > 0) { // NaN too
		return 0
	}
	if seconds >= longest.Seconds() {
		return longest
	}
	return time.Duration(math.Round(seconds * float64(time.Second)))
}
