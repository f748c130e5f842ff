package actor

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/lifecycle"
)

var sums = Define("sums", func(_ *Context, _ *lifecycle.None, in *structpb.ListValue) (*wrapperspb.DoubleValue, error) {
	sum := 0.0
	for _, v := range in.GetValues() {
		sum += v.GetNumberValue()
	}
	return wrapperspb.Double(sum), nil
})

func addends(n ...float64) *structpb.ListValue {
	list := &structpb.ListValue{}
	for _, x := range n {
		list.Values = append(list.Values, structpb.NewNumberValue(x))
	}
	return list
}

// An ordered map over several sequences.
func TestPC3StarMap(t *testing.T) {
	pair := func(a, b float64) *structpb.ListValue { return addends(a, b) }
	three, two, endless := []float64{1, 2, 3}, []float64{4, 5}, func(yield func(float64) bool) {
		for yield(10) {
		}
	}
	tests := []struct {
		name   string
		inputs func(func(*structpb.ListValue, error) bool)
		want   []float64 // NaN stands for an error
		short  *LengthError
	}{
		{"equal lengths", Zip(slices.Values(three), slices.Values([]float64{4, 5, 6}), pair), []float64{5, 7, 9}, nil},
		{"the second is shorter", Zip(slices.Values(three), slices.Values(two), pair), []float64{5, 7, math.NaN()}, &LengthError{Shorter: 2, Length: 2}},
		{"the first is shorter", Zip(slices.Values(two), endless, pair), []float64{14, 15, math.NaN()}, &LengthError{Shorter: 1, Length: 2}},
		{"the shorter one may decide", ZipShortest(slices.Values(three), slices.Values(two), pair), []float64{5, 7}, nil},
		{"the other one, too", ZipShortest(slices.Values(two), endless, pair), []float64{14, 15}, nil},
		{"none at all", Zip(slices.Values([]float64{}), slices.Values([]float64{}), pair), nil, nil},
		{"three", Zip3(slices.Values(three), slices.Values(three), slices.Values(three), func(a, b, c float64) *structpb.ListValue {
			return addends(a, b, c)
		}), []float64{3, 6, 9}, nil},
		{"the first of three is shorter", Zip3(slices.Values(two), slices.Values(three), endless, func(a, b, c float64) *structpb.ListValue {
			return addends(a, b, c)
		}), []float64{15, 17, math.NaN()}, &LengthError{Shorter: 1, Length: 2}},
		{"the last of three is shorter", Zip3(slices.Values(three), endless, slices.Values(two), func(a, b, c float64) *structpb.ListValue {
			return addends(a, b, c)
		}), []float64{15, 17, math.NaN()}, &LengthError{Shorter: 3, Length: 2}},
	}
	for _, where := range [][]PoolOption{{Size(2)}, {Size(2), InProcess()}} {
		p := newPlace(t)
		pool := poolIn(p, t.Context(), sums, where...)
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				var got []float64
				var last error
				for r := range pool.StarMap(t.Context(), tt.inputs) {
					if last = r.Err; last != nil {
						got = append(got, math.NaN())
						continue
					}
					got = append(got, r.Output.GetValue())
				}
				if diff := cmp.Diff(tt.want, got, cmpopts.EquateNaNs()); diff != "" {
					t.Errorf("sums (-want +got):\n%s", diff)
				}
				var short *LengthError
				if errors.As(last, &short); !cmp.Equal(tt.short, short) {
					t.Errorf("error %v, want %v", last, tt.short)
				}
			})
		}
		pool.Close()
	}
}

// Item 2 fails, item 4 hangs: the others have their values, and all five can be read.
func TestPC4OneFailsOneHangs(t *testing.T) {
	inEveryPool(t, func(t *testing.T, p *place, pool func(ctx context.Context, options ...PoolOption) *Pool[*text, *text]) {
		crew := pool(t.Context(), Size(1), Timeout(time.Second), Grace(200*time.Millisecond))
		inputs := []*text{words("echo one"), words("panic two"), words("echo three"), words("hang"), words("echo five")}
		var got []string
		began := time.Now()
		for r := range crew.Map(t.Context(), slices.Values(inputs)) {
			if r.Input != inputs[r.Index] {
				t.Errorf("result %d has the input %v", r.Index, r.Input)
			}
			var faulted *lifecycle.Faulted
			switch {
			case errors.As(r.Err, &faulted):
				if !strings.Contains(faulted.GetStack(), "pool_test.go") {
					t.Errorf("no stack of the object in %q", faulted.GetStack())
				}
				got = append(got, "faulted: "+faulted.GetCondition())
			case errors.Is(r.Err, lifecycle.ErrTimedOut):
				got = append(got, "timed out")
			case r.Err != nil:
				t.Error(r.Err)
			default:
				got = append(got, r.Output.GetValue())
			}
		}
		if diff := cmp.Diff([]string{"one", "faulted: panic: two", "three", "timed out", "five"}, got); diff != "" {
			t.Errorf("results (-want +got):\n%s", diff)
		}
		if took := time.Since(began); took < time.Second || took > 10*time.Second {
			t.Errorf("it took %v", took)
		}
		crew.Close()
	})
}

// A value of 100 MB arrives as it is, while others get their answers from another
// worker within 100 ms. A busy machine has three attempts.
func TestPC5LargeValue(t *testing.T) {
	p := newPlace(t)
	pool, other := poolIn(p, t.Context(), handy, Size(1)), poolIn(p, t.Context(), echo, Size(1))
	defer pool.Close()
	defer other.Close()
	var worst time.Duration
	for range 3 {
		if worst = longestBeat(t, other, func() {
			got, err := pool.Call(t.Context(), words("large 104857600"))
			if err != nil || len(got.GetValue()) != 100<<20 || strings.Trim(got.GetValue(), "x") != "" {
				t.Errorf("got %d bytes, error %v", len(got.GetValue()), err)
			}
		}); worst < slow*100*time.Millisecond {
			return
		}
	}
	t.Errorf("a beat took %v", worst)
}

// longestBeat calls the pool as long as f runs.
func longestBeat(t *testing.T, pool *Pool[*text, *text], f func()) (longest time.Duration) {
	ctx, cancel := context.WithCancel(t.Context())
	var heart sync.WaitGroup
	beat := func() time.Duration {
		began := time.Now()
		if _, err := pool.Call(t.Context(), words("beat")); err != nil {
			t.Error(err)
		}
		return time.Since(began)
	}
	beat() // the first one may start a process
	beats := 0
	heart.Go(func() {
		for ; ctx.Err() == nil; beats++ {
			longest = max(longest, beat())
		}
	})
	f()
	cancel()
	heart.Wait()
	t.Logf("%d beats, the longest took %v", beats, longest)
	return longest
}

// Two hundred calls, eight at a time: never more than eight children, and never
// less than eight that work where there is work.
func TestPC6NeverMoreThanEight(t *testing.T) {
	p := newPlace(t)
	pool := poolIn(p, t.Context(), handy, Size(8))
	inputs := func(yield func(*text) bool) {
		for i := range 200 {
			what := "echo x"
			if i%20 == 19 {
				what = "kill"
			}
			if !yield(words(what)) {
				return
			}
		}
	}
	died, most := 0, 0
	for r := range pool.MapUnordered(t.Context(), inputs) {
		if r.Err != nil {
			died++
		}
		if n := len(processesWith(p.cookie)); n > most {
			most = n
		}
	}
	pool.Close()
	if died != 10 || most > 8 || most < 2 {
		t.Errorf("%d calls died, want 10; at most %d children, want 2 to 8", died, most)
	}
}
