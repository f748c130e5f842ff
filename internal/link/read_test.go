package link

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/link/linkpb"
)

func frameOf(t testing.TB, f *linkpb.Frame) []byte {
	t.Helper()
	b, err := encode(f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func hello(major uint32) *linkpb.Frame {
	return &linkpb.Frame{Kind: &linkpb.Frame_Hello{Hello: &linkpb.Hello{Major: major, Name: "other"}}}
}

// What a side writes decides how the link ends.
func TestHowALinkEnds(t *testing.T) {
	begin := &linkpb.Frame{Kind: &linkpb.Frame_Begin{Begin: &linkpb.Begin{}}}
	ready := &linkpb.Frame{Kind: &linkpb.Frame_Ready{Ready: &linkpb.Ready{}}}
	ours := frameOf(t, hello(Major))
	tests := []struct {
		name  string
		bytes []byte
		want  error
	}{
		{"nothing is a clean end", nil, io.EOF},
		{"a Hello and the end is a clean end", ours, io.EOF},
		{"an end within a frame is an end", ours[:len(ours)-1], io.EOF},
		{"a frame before the Hello is refused", frameOf(t, ready), ErrProtocol},
		{"an empty frame before the Hello is refused", []byte{0}, ErrProtocol},
		{"a second Hello is refused", append(bytes.Clone(ours), ours...), ErrProtocol},
		{"another major version is refused", frameOf(t, hello(Major+1)), ErrVersion},
		{"an unknown kind is ignored", append(bytes.Clone(ours), 4, 0xfa, 0x06, 1, 7), io.EOF},
		{"a routed frame that is not made of fields is refused", append(bytes.Clone(ours), 3, 15<<3|2, 1, 0), ErrProtocol},
		{"a child must not send Begin", append(bytes.Clone(ours), frameOf(t, begin)...), ErrProtocol},
		{"a child may be ready", append(bytes.Clone(ours), frameOf(t, ready)...), io.EOF},
		{"a length that is none is refused", bytes.Repeat([]byte{0xff}, 11), ErrProtocol},
		{"a frame over the limit is refused", protowire.AppendVarint(bytes.Clone(ours), maxFrame+1), ErrProtocol},
		{"text is refused", []byte("Usage: snooze [flags]\n"), ErrProtocol},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b := Pipe()
			n, h := newNode("1", nil), newHandler()
			l := n.router.AddChild("1.1", a, h)
			if err := l.Hello(&linkpb.Hello{Name: "us"}); err != nil {
				t.Fatal(err)
			}
			go func() {
				_, _ = b.Write(tt.bytes) // the link may end first
				_ = b.(*end).CloseWrite()
			}()
			if err := <-h.closed; !errors.Is(err, tt.want) {
				t.Errorf("link ended with %v, want %v", err, tt.want)
			}
			<-l.Done()
		})
	}
}

// Both sides learn both versions, although neither waits for the other.
func TestVersionsDiffer(t *testing.T) {
	a, b := Pipe()
	n, h := newNode("1", nil), newHandler()
	l := n.router.AddChild("1.1", a, h)
	// Our own Hello is not sent yet: the link does that before it ends.
	if _, err := b.Write(frameOf(t, hello(7))); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(b)
	if err != nil {
		t.Fatal(err)
	}
	f := new(linkpb.Frame)
	if err := proto.Unmarshal(body(got), f); err != nil || f.GetHello().GetMajor() != Major {
		t.Errorf("the other side was told %v, %v", f, err)
	}
	err = <-h.closed
	if want := `link protocol version differs: ours is 1.0, that of "other" is 7.0`; err.Error() != want {
		t.Errorf("link ended with %q, want %q", err, want)
	}
	<-l.Done()
}

// A link whose other side died within a large message lives no longer, and a
// length that was announced takes no memory.
func TestAnnouncedSizeTakesNoMemory(t *testing.T) {
	n := newNode("1", nil)
	rd := &reader{link: &Link{router: n.router}, known: names{}}
	piece := chunk{to: "1", origin: "1.1", id: "7", size: 1 << 29, data: make([]byte, 1000)}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range uint64(1000) {
		piece.stream = i
		frame := append(appendChunk(nil, &piece), piece.data...)
		_, b, err := kindOf(body(frame))
		if err != nil {
			t.Fatal(err)
		}
		if err := rd.chunk(frame, b); err != nil {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 64<<20 {
		t.Errorf("1 MB in 1,000 streams took %d bytes", got)
	}
	n.router.lose(area{root: "1.1"})
	if left := len(n.router.inbox.open); left != 0 {
		t.Errorf("%d streams of a lost process are left", left)
	}
	n.router.Close()
}

// Any bytes: no panic, and the link ends in one of the ways that it may.
func FuzzRead(f *testing.F) {
	greeting := frameOf(f, hello(Major))
	d := data{to: "1", origin: "1.1", id: "7", typ: "x", senderID: "3"}
	f.Add(greeting)
	f.Add(append(bytes.Clone(greeting), append(appendData(nil, &d, 2), 1, 2)...))
	for _, c := range []chunk{
		{to: "1", origin: "1.1", stream: 1, last: true, size: 1 << 40, data: []byte("abc")},
		{stream: 1, last: true, size: 1 << 40, data: []byte{kindLog<<3 | 2, 0}},
		{to: "1", origin: "1.1", stream: 1, abort: true},
	} {
		f.Add(append(bytes.Clone(greeting), append(appendChunk(nil, &c), c.data...)...))
	}
	for _, m := range []*linkpb.Frame{
		{Kind: &linkpb.Frame_Watch{Watch: &linkpb.Watch{To: "1", Origin: "1.1", Id: "7", WatcherId: "2"}}},
		{Kind: &linkpb.Frame_Credit{Credit: &linkpb.Credit{To: "1", Origin: "1.1", Id: "7", Bytes: 1 << 63}}},
		{Kind: &linkpb.Frame_Gone{Gone: &linkpb.Gone{To: "1", Origin: "1.1", Lost: "1.1", Outside: true}}},
	} {
		f.Add(append(bytes.Clone(greeting), frameOf(f, m)...))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		n, h := newNode("1", &RouterOptions{MaxMessage: 1 << 20}), newHandler()
		l := n.router.AddChild("1.1", &input{r: bytes.NewReader(b)}, h)
		err := <-h.closed
		if !errors.Is(err, io.EOF) && !errors.Is(err, ErrProtocol) && !errors.Is(err, ErrVersion) {
			t.Errorf("link ended with %v", err)
		}
		<-l.Done()
		n.router.Close()
	})
}

// input is a stream that takes everything that is written to it.
type input struct{ r io.Reader }

func (s *input) Read(b []byte) (int, error)  { return s.r.Read(b) }
func (s *input) Write(b []byte) (int, error) { return len(b), nil }
func (s *input) Close() error                { return nil }

// A child without an address has that of the Begin before its Handler hears
// of it.
func TestAddressComesWithBegin(t *testing.T) {
	parent, child := newNode("1", nil), newNode("", nil)
	a, b := Pipe()
	hDown, hUp := newHandler(), newHandler()
	down := parent.router.AddChild("1.9", a, hDown)
	up := child.router.AddParent(b, hUp)
	big := make([]byte, 5*maxPiece)
	if err := down.Hello(&linkpb.Hello{}); err != nil {
		t.Fatal(err)
	}
	begin := &linkpb.Begin{Address: "1.9", Input: &linkpb.Value{Type: "x", Payload: big}}
	if err := down.Begin(context.Background(), begin); err != nil {
		t.Fatal(err)
	}
	if err := down.CloseWrite(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := <-hUp.closed; err != io.EOF {
		t.Errorf("link ended with %v, want EOF", err)
	}
	if got := child.router.Self(); got != "1.9" {
		t.Errorf("address is %q, want 1.9", got)
	}
	hUp.mu.Lock()
	defer hUp.mu.Unlock()
	if len(hUp.frames) != 2 || !proto.Equal(hUp.frames[1], begin) {
		t.Errorf("the child did not get the Begin as it was sent")
	}
	<-up.Done()
	<-down.Done()
}
