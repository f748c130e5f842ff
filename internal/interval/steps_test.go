package interval_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/interval"
)

func some[T any](v T) *T { return &v }

// seconds collects at most n delays, in seconds.
func seconds(s interval.Steps, random *rand.Rand, n int) []float64 {
	var got []float64
	next := s.Delays(random)
	for range n {
		d, ok := next()
		if !ok {
			break
		}
		got = append(got, d.Seconds())
	}
	return got
}

func TestDelays(t *testing.T) {
	tests := []struct {
		name  string
		steps interval.Steps
		want  []float64 // the first 8 at most
	}{
		{"nothing given never repeats", interval.Steps{}, nil},
		{"first steps end", interval.Steps{First: []float64{1, 2, 4}}, []float64{1, 2, 4}},
		{"a regular step has no end", interval.Steps{Regular: some(1.0)}, []float64{1, 1, 1, 1, 1, 1, 1, 1}},
		{"a limit counts delays", interval.Steps{Regular: some(1.0), Limit: some[uint32](4)}, []float64{1, 1, 1, 1}},
		{
			"a limit counts first and regular steps together",
			interval.Steps{First: []float64{1, 2, 4}, Regular: some(8.0), Limit: some[uint32](6)},
			[]float64{1, 2, 4, 8, 8, 8},
		},
		{"a limit cuts first steps", interval.Steps{First: []float64{1, 2, 4}, Limit: some[uint32](2)}, []float64{1, 2}},
		{"a limit of one gives one", interval.Steps{Regular: some(3.0), Limit: some[uint32](1)}, []float64{3}},
		{"a limit of zero gives none", interval.Steps{First: []float64{1}, Regular: some(1.0), Limit: some[uint32](0)}, nil},
		{"a limit adds nothing", interval.Steps{First: []float64{1}, Limit: some[uint32](9)}, []float64{1}},
		{"a step of zero is a delay", interval.Steps{First: []float64{0, 0.5}}, []float64{0, 0.5}},
		{"steps need not grow", interval.Steps{First: []float64{4, 1}, Regular: some(0.25), Limit: some[uint32](3)}, []float64{4, 1, 0.25}},
		{"randomized by zero is not", interval.Steps{First: []float64{1, 2}, Randomized: some(0.0)}, []float64{1, 2}},
		{"truncated to zero is not random", interval.Steps{First: []float64{1, 2}, Randomized: some(0.1), Truncated: some(0.0)}, []float64{1, 2}},
		{"grains larger than the delay do not fit", interval.Steps{First: []float64{1, 2}, Randomized: some(3.0)}, []float64{1, 2}},
		{"truncated alone means nothing", interval.Steps{First: []float64{1, 2}, Truncated: some(0.5)}, []float64{1, 2}},
		{"what cannot be waited for counts as zero", interval.Steps{First: []float64{-1, math.NaN(), math.Inf(-1)}}, []float64{0, 0, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, seconds(tt.steps, nil, 8)); diff != "" {
				t.Errorf("delays (-want +got):\n%s", diff)
			}
		})
	}
}

// The randomized example of the table: every value that may come does, and no
// other.
func TestRandomizedValues(t *testing.T) {
	steps := interval.Steps{
		First: []float64{1, 2, 4}, Regular: some(8.0), Limit: some[uint32](6), Randomized: some(0.25), Truncated: some(0.5),
	}
	want := [][]float64{
		{1, 1.25, 1.5},
		{2, 2.25, 2.5, 2.75, 3},
		{4, 4.25, 4.5, 4.75, 5, 5.25, 5.5, 5.75, 6},
		nil, nil, nil,
	}
	for v := 8.0; v <= 12; v += 0.25 {
		for i := 3; i < 6; i++ {
			want[i] = append(want[i], v)
		}
	}
	got := make([][]float64, 6)
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		delays := seconds(steps, random, 9)
		if len(delays) != 6 {
			t.Fatalf("%d delays, want 6: %v", len(delays), delays)
		}
		for i, d := range delays {
			if at, found := slices.BinarySearch(got[i], d); !found {
				got[i] = slices.Insert(got[i], at, d)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("values of each delay (-want +got):\n%s", diff)
	}
}

func TestHugeDelays(t *testing.T) {
	steps := interval.Steps{First: []float64{math.MaxFloat64, math.Inf(1), 1e18}, Randomized: some(1e-9), Truncated: some(9.0)}
	next := steps.Delays(rand.New(rand.NewPCG(1, 1)))
	for range steps.First {
		if d, ok := next(); !ok || d < 73*365*24*time.Hour {
			t.Errorf("delay %v, %v; want 73 years or more", d, ok)
		}
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name  string
		steps interval.Steps
		want  string // in the error; empty: none
	}{
		{"nothing", interval.Steps{}, ""},
		{"all fields", interval.Steps{[]float64{0, 1}, some(1.0), some[uint32](0), some(0.1), some(2.0)}, ""},
		{"a negative first step", interval.Steps{First: []float64{1, -2}}, "first_steps[1] is -2: it must be a number of seconds"},
		{"no number", interval.Steps{Regular: some(math.NaN())}, "regular_steps is NaN"},
		{"infinite", interval.Steps{Randomized: some(math.Inf(1))}, "randomized is +Inf"},
		{"a negative part", interval.Steps{Truncated: some(-0.5)}, "truncated is -0.5: it must be a part of the delay"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if err := tt.steps.Check(); err != nil {
				got = err.Error()
			}
			if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
				t.Errorf("error %q, want %q", got, tt.want)
			}
		})
	}
}

func TestExponential(t *testing.T) {
	tests := []struct {
		name                   string
		first, factor, highest float64
		want                   []float64 // the first 12
	}{
		{
			"doubles up to the highest, and stays there", 0.1, 2, 60,
			[]float64{0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 60, 60},
		},
		{"nothing to grow from", 0, 2, 1, slices.Repeat([]float64{1}, 12)},
		{"no growth", 1, 1, 5, slices.Repeat([]float64{5}, 12)},
		{"begins above the highest", 9, 2, 5, slices.Repeat([]float64{5}, 12)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			steps := interval.Exponential(tt.first, tt.factor, tt.highest)
			if diff := cmp.Diff(tt.want, seconds(steps, nil, 12)); diff != "" {
				t.Errorf("delays (-want +got):\n%s", diff)
			}
		})
	}
	if n := len(interval.Exponential(1e-300, 1.0000001, 1).First); n != 64 {
		t.Errorf("%d different steps, want 64", n)
	}
}
