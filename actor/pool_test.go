package actor

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/lifecycle"
)

// poolIn is [Object.Pool] in a place.
func poolIn[S, I, O proto.Message](p *place, ctx context.Context, o *Object[S, I, O], options ...PoolOption) *Pool[I, O] {
	return &Pool[I, O]{p.newCrew(ctx, newPoolSpec(o.order(*new(I)), options))}
}

// handy is an object that does what it is told, in a pool.
var handy = Define("handy", func(self *Context, settings *text, in *text) (*text, error) {
	word, rest, _ := strings.Cut(in.GetValue(), " ")
	switch word {
	case "pid":
		return wrapperspb.String(strconv.Itoa(os.Getpid())), nil
	case "echo":
		return wrapperspb.String(settings.GetValue() + rest), nil
	case "fail":
		return nil, errors.New(rest)
	case "panic":
		panic(rest)
	case "exit":
		println(rest)
		os.Exit(3)
	case "kill":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "hang":
		<-freed
	case "wait":
		<-self.Done()
		return nil, self.Err()
	case "count": // how often this worker was told so
		return wrapperspb.String(strconv.FormatInt(counted.Add(1), 10)), nil
	case "term":
		_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
		<-self.Done()
		return wrapperspb.String("told"), nil
	case "tell": // its parent, and wait for an answer
		if err := self.Send(self.Parent(), wrapperspb.String(rest)); err != nil {
			return nil, err
		}
		m, err := self.Select(KindOf[*text]())
		if err != nil {
			return nil, err
		}
		return m.Body.(*text), nil
	case "leave": // a child behind
		child := self.Process("handy-program", wrapperspb.String("wait"))
		return wrapperspb.String(child.key()), nil
	case "cleans":
		<-self.Done()
		return wrapperspb.String("cleaned up"), nil
	case "print": // to both outputs, and to the log
		os.Stdout.WriteString("stdout " + rest + "\nno newline " + rest)
		os.Stderr.WriteString("stderr " + rest + "\n")
		self.Console("console %s", rest)
		return &text{}, nil
	case "header":
		return wrapperspb.String(self.Header(rest)), nil
	case "large":
		n, err := strconv.Atoi(rest)
		return wrapperspb.String(strings.Repeat("x", n)), err
	}
	return nil, &lifecycle.Cannot{Condition: "do " + word}
})

var counted atomic.Int64

func init() { programs["handy-program"] = func() { hostObject(handy) } }

// inEveryPool runs a test with a pool of processes and with one of this process.
func inEveryPool(t *testing.T, test func(t *testing.T, p *place, pool func(ctx context.Context, options ...PoolOption) *Pool[*text, *text])) {
	for _, where := range []struct {
		name    string
		options []PoolOption
	}{{"of processes", nil}, {"in this process", []PoolOption{InProcess()}}} {
		t.Run(where.name, func(t *testing.T) {
			p := newPlace(t)
			test(t, p, func(ctx context.Context, options ...PoolOption) *Pool[*text, *text] {
				return poolIn(p, ctx, handy, append(options, where.options...)...)
			})
		})
	}
}

func words(s string) *text { return wrapperspb.String(s) }

// What a call of a pool gives is what a call gives.
func TestPoolCalls(t *testing.T) {
	tests := []struct {
		name    string
		in      string
		options []Option
		want    string
		is      error
		text    string
	}{
		{name: "a value", in: "echo x", want: "set x"},
		{name: "a header", in: "header color", options: []Option{Header("color", "red")}, want: "red"},
		{name: "a header of the pool", in: "header taste", want: "sweet"},
		{name: "an error", in: "fail out of paper", is: lifecycle.ErrFaulted, text: "out of paper"},
		{name: "a fault", in: "dance", is: lifecycle.ErrCannot},
		{name: "a panic", in: "panic out of ink", is: lifecycle.ErrFaulted, text: "panic: out of ink"},
		{name: "no time", in: "wait", options: []Option{Timeout(10 * time.Millisecond)}, is: lifecycle.ErrTimedOut},
		{name: "a large value", in: "large 3000000", want: strings.Repeat("x", 3000000)},
	}
	inEveryPool(t, func(t *testing.T, _ *place, pool func(ctx context.Context, options ...PoolOption) *Pool[*text, *text]) {
		crew := pool(context.Background(), Size(2), Settings(words("set ")), Header("taste", "sweet"))
		defer crew.Close()
		for range 2 {
			for _, tt := range tests {
				t.Run(tt.name, func(t *testing.T) {
					got, err := crew.Call(t.Context(), words(tt.in), tt.options...)
					switch {
					case tt.is == nil && err == nil && got.GetValue() == tt.want:
					case tt.is != nil && errors.Is(err, tt.is) && strings.Contains(err.Error(), tt.text):
					default:
						t.Errorf("got %.100v, error %v", got, err)
					}
				})
			}
		}
	})
}

// Map gives the results in the order of the inputs, and takes few ahead.
func TestPoolMap(t *testing.T) {
	inEveryPool(t, func(t *testing.T, _ *place, pool func(ctx context.Context, options ...PoolOption) *Pool[*text, *text]) {
		crew := pool(context.Background(), Size(2))
		defer crew.Close()
		taken, given := 0, 0
		endless := func(yield func(*text) bool) {
			for {
				if ahead := taken - given; ahead >= 4 {
					t.Errorf("%d inputs taken ahead", ahead)
				}
				taken++
				if !yield(words("echo " + strconv.Itoa(taken))) {
					return
				}
			}
		}
		for r := range crew.Map(t.Context(), endless) {
			if r.Err != nil || r.Index != given || r.Output.GetValue() != strconv.Itoa(given+1) {
				t.Fatalf("result %d: %v", given, r)
			}
			if given++; given == 100 {
				break
			}
		}
	})
}
