package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/internal/link/linkpb"
)

// sockets are the kinds of stream that a link may have.
var sockets = []struct {
	name string
	pair func(t *testing.T) (a, b io.ReadWriteCloser)
}{
	{"pipe", func(*testing.T) (a, b io.ReadWriteCloser) { return Pipe() }},
	{"net.Conn", func(t *testing.T) (a, b io.ReadWriteCloser) {
		c, f := socketpair(t)
		defer f.Close()
		d, err := net.FileConn(f)
		if err != nil {
			t.Fatal(err)
		}
		return c, d
	}},
	{"os.File and net.Conn", func(t *testing.T) (a, b io.ReadWriteCloser) {
		c, f := socketpair(t)
		return c, f
	}},
}

// Many goroutines use both ends of real streams at once. Under -race this
// finds what is not guarded; each message must arrive all the same.
func TestHammer(t *testing.T) {
	const senders, each = 8, 200
	for _, s := range sockets {
		t.Run(s.name, func(t *testing.T) {
			opts := &RouterOptions{Window: 8 << 10, Queue: 8 << 10}
			parent, child := newNode("1", opts), newNode("1.1", opts)
			a, b := s.pair(t)
			j := joinOver(t, parent, child, a, b)
			var wg sync.WaitGroup
			for i := range senders {
				for _, way := range [][2]*node{{parent, child}, {child, parent}} {
					from, to := way[0], way[1]
					wg.Go(func() {
						me, target := from.pid(fmt.Sprint("s", i)), to.pid(fmt.Sprint("t", i%2))
						for n := range each {
							size := n % 300
							if n%50 == 49 {
								size = 2 * maxPiece
							}
							if err := from.router.Send(context.Background(), target, me, wrapperspb.Bytes(make([]byte, size))); err != nil {
								t.Errorf("send: %v", err)
							}
							switch n % 20 {
							case 3:
								from.router.Watch(target, me)
							case 7:
								from.router.Unwatch(target, me)
							case 9:
								j.down.Stop(&linkpb.Stop{})
							case 11:
								if err := j.up.Log(context.Background(), &linkpb.Log{Text: "l"}); err != nil {
									t.Errorf("log: %v", err)
								}
							}
						}
					})
				}
			}
			wg.Wait()
			for _, n := range []*node{parent, child} {
				n.await(func() bool { return len(n.messages) == senders*each })
			}
			if err := j.up.CloseWrite(context.Background()); err != nil {
				t.Error(err)
			}
			if err := <-j.hDown.closed; err != io.EOF {
				t.Errorf("parent's end closed with %v, want EOF", err)
			}
			<-j.up.Done()
		})
	}
}

// A link that is closed while all use it ends, and nobody waits any more.
func TestHammerClose(t *testing.T) {
	for _, s := range sockets {
		t.Run(s.name, func(t *testing.T) {
			parent, child := newNode("1", nil), newNode("1.1", nil)
			a, b := s.pair(t)
			j := joinOver(t, parent, child, a, b)
			var wg sync.WaitGroup
			var sent atomic.Int64
			begun := make(chan struct{})
			for i := range 8 {
				wg.Go(func() {
					from, to := parent, child
					if i%2 == 1 {
						from, to = child, parent
					}
					for {
						err := from.router.Send(context.Background(), to.pid("t"), PID{}, payloadOf(1000))
						if isNoRoute(err) {
							return
						}
						if err != nil {
							t.Errorf("send: %v", err)
							return
						}
						if sent.Add(1) == 100 {
							close(begun)
						}
					}
				})
			}
			<-begun
			j.down.Close()
			j.down.Close()
			wg.Wait()
			if err := <-j.hDown.closed; !errors.Is(err, os.ErrClosed) {
				t.Errorf("closed end closed with %v, want %v", err, os.ErrClosed)
			}
			if err := <-j.hUp.closed; err != io.EOF {
				t.Errorf("other end closed with %v, want EOF", err)
			}
			if err := j.up.Flush(context.Background()); !isNoRoute(err) {
				t.Errorf("Flush of a closed link returned %v", err)
			}
		})
	}
}
