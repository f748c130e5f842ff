package link

import (
	"bufio"
	"context"
	"io"
	"net"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protodelim"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/internal/link/linkpb"
)

const largeValue = 100_000_000

// peer is the parent "1" of a part that plays the child "1.1".
type peer struct {
	router  *Router
	answers chan struct{}
}

func newPeer(b *testing.B, process bool, part string) *peer {
	b.Helper()
	p := &peer{answers: make(chan struct{}, 1)}
	n := newNode("1", nil)
	n.onDeliver = func(m Message) {
		if err := proto.Unmarshal(m.Payload, new(wrapperspb.BytesValue)); err != nil {
			panic(err)
		}
		m.Done()
		p.answers <- struct{}{}
	}
	p.router = n.router
	h := newHandler()
	l := n.router.AddChild("1.1", withPart(b, process, part), h)
	if err := l.Hello(&linkpb.Hello{}); err != nil {
		b.Fatal(err)
	}
	<-h.first
	b.Cleanup(n.router.Close)
	return p
}

func (p *peer) send(b *testing.B, m proto.Message, answer bool) {
	var me PID
	if answer {
		me = PID{"1", "1"}
	}
	if err := p.router.Send(context.Background(), PID{"1.1", "1"}, me, m); err != nil {
		b.Fatal(err)
	}
	if answer {
		<-p.answers
	}
}

// delimited writes and reads messages without a link: one system call a write.
type delimited struct {
	r *bufio.Reader
	w *bufio.Writer
}

func newDelimited(c net.Conn) *delimited {
	return &delimited{bufio.NewReader(c), bufio.NewWriter(c)}
}

func (d *delimited) send(b *testing.B, m proto.Message, answer bool) {
	if _, err := protodelim.MarshalTo(d.w, m); err != nil {
		b.Fatal(err)
	}
	if err := d.w.Flush(); err != nil {
		b.Fatal(err)
	}
	if answer {
		if err := protodelim.UnmarshalFrom(d.r, new(wrapperspb.BytesValue)); err != nil {
			b.Fatal(err)
		}
	}
}

// compare reports how often a second each can be done, and the ratio. Both take
// turns, so that whatever else the machine does falls on both.
func compare(b *testing.B, raw, link func(n int)) {
	raw(max(1, b.N/20)) // warm up
	link(max(1, b.N/20))
	b.ReportAllocs()
	turns := min(20, b.N)
	var theirs, ours time.Duration
	for range turns {
		began := time.Now()
		raw(b.N / turns)
		theirs += time.Since(began)
		began = time.Now()
		link(b.N / turns)
		ours += time.Since(began)
	}
	n := float64(b.N / turns * turns)
	b.ReportMetric(n/theirs.Seconds(), "raw/s")
	b.ReportMetric(n/ours.Seconds(), "link/s")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "ratio")
}

func eachPlace(b *testing.B, f func(b *testing.B, process bool)) {
	b.Run("goroutines", func(b *testing.B) { f(b, false) })
	b.Run("processes", func(b *testing.B) { f(b, true) })
}

var small = wrapperspb.Bytes(make([]byte, 100))

// Round trips: the ratio should be at least 0.5.
func BenchmarkRoundTrip(b *testing.B) {
	eachPlace(b, func(b *testing.B, process bool) {
		d, p := newDelimited(withPart(b, process, "raw echo")), newPeer(b, process, "link echo")
		compare(b, func(n int) {
			for range n {
				d.send(b, small, true)
			}
		}, func(n int) {
			for range n {
				p.send(b, small, true)
			}
		})
	})
}

// Messages of 100 bytes in one direction: the ratio should be at least 1.
func BenchmarkOneWay(b *testing.B) {
	eachPlace(b, func(b *testing.B, process bool) {
		d, p := newDelimited(withPart(b, process, "raw sink")), newPeer(b, process, "link sink")
		compare(b, func(n int) {
			for range n {
				d.send(b, small, false)
			}
			d.send(b, &wrapperspb.BytesValue{}, true)
		}, func(n int) {
			for range n {
				p.send(b, small, false)
			}
			p.send(b, small, true)
		})
	})
}

// One value of 100 MB, against a copy of its bytes: the ratio should be at
// least 0.25.
func BenchmarkLargeValue(b *testing.B) {
	large := wrapperspb.Bytes(make([]byte, largeValue))
	eachPlace(b, func(b *testing.B, process bool) {
		c, p := withPart(b, process, "raw copy"), newPeer(b, process, "link sink")
		compare(b, func(n int) {
			for range n {
				if _, err := c.Write(large.Value); err != nil {
					b.Fatal(err)
				}
				if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
					b.Fatal(err)
				}
			}
		}, func(n int) {
			for range n {
				p.send(b, large, true)
			}
		})
	})
}
