package actor

import (
	"context"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"

	"google.golang.org/protobuf/types/known/wrapperspb"
)

func init() { programs["raw-echo"] = rawEcho }

// rawEcho sends back what it is sent, and does nothing else.
func rawEcho() {
	s, err := wrap(linkFD)
	if err != nil {
		os.Exit(1)
	}
	var b [64]byte
	for {
		n, err := s.Read(b[:])
		if err != nil {
			return
		}
		if _, err := s.Write(b[:n]); err != nil {
			return
		}
	}
}

// Warm calls over two workers, beside what two processes with nothing but a
// socketpair do in the same time.
func BenchmarkPool(b *testing.B) {
	b.Run("two workers", func(b *testing.B) {
		for _, callers := range []int{2, 8} {
			b.Run(map[int]string{2: "two callers", 8: "eight callers"}[callers], func(b *testing.B) { benchmarkPool(b, callers) })
		}
	})
	b.Run("two raw socketpairs", benchmarkRaw)
}

func benchmarkPool(b *testing.B, callers int) {
	n := newNode("1")
	n.locate = locatePrograms
	defer n.close()
	defer n.router.Close()
	pool := &Pool[*text, *text]{n.newCrew(context.Background(), newPoolSpec(echo.order(nil), []PoolOption{Size(2), WarmUp(2)}))}
	defer pool.Close()
	in := wrapperspb.String("x")
	share(b, callers, func() error {
		_, err := pool.Call(context.Background(), in)
		return err
	})
}

func benchmarkRaw(b *testing.B) {
	var free [2]*stream
	for i := range free {
		ours, theirs, err := socketpair()
		if err != nil {
			b.Fatal(err)
		}
		child := exec.Command("/proc/self/exe")
		child.Args = []string{"raw-echo"}
		child.ExtraFiles = []*os.File{theirs}
		if err := child.Start(); err != nil {
			b.Fatal(err)
		}
		_ = theirs.Close()
		defer func() { _, _ = ours.CloseWrite(), child.Wait() }()
		free[i] = ours
	}
	var at atomic.Int32
	share(b, 2, func() func() error {
		s := free[at.Add(1)-1]
		var out [16]byte
		return func() error {
			if _, err := s.Write(out[:]); err != nil {
				return err
			}
			_, err := s.Read(out[:])
			return err
		}
	})
}

// share has callers call b.N times in all.
func share[F func() error | func() func() error](b *testing.B, callers int, f F) {
	var left atomic.Int64
	left.Store(int64(b.N))
	var all sync.WaitGroup
	b.ResetTimer()
	for range callers {
		all.Go(func() {
			var call func() error
			switch f := any(f).(type) {
			case func() error:
				call = f
			case func() func() error:
				call = f()
			}
			for left.Add(-1) >= 0 {
				if err := call(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}
