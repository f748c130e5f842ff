package link

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/internal/link/linkpb"
)

var errStopped = errors.New("stopped")

// holding is a child whose objects do not consume until they are told.
func holding(t *testing.T, opts *RouterOptions) (parent, child *node, j *joint, done chan func()) {
	t.Helper()
	parent, child = newNode("1", opts), newNode("1.1", opts)
	done = make(chan func(), 10_000)
	child.onDeliver = func(m Message) { done <- m.Done }
	return parent, child, join(t, parent, child), done
}

func payloadOf(n int) *wrapperspb.BytesValue { return wrapperspb.Bytes(make([]byte, n)) }

// A sender without credit waits, until what it waits for has happened.
func TestSendWithoutCredit(t *testing.T) {
	opts := &RouterOptions{Window: 1000}
	tests := []struct {
		name string
		do   func(j *joint, cancel func(), done chan func())
		want error
	}{
		{"goes on when the object consumes", func(_ *joint, _ func(), done chan func()) { (<-done)() }, nil},
		{"is interrupted by its context", func(_ *joint, cancel func(), _ chan func()) { cancel() }, errStopped},
		{"fails when the child is lost", func(j *joint, _ func(), _ chan func()) { j.up.Close() }, ErrNoRoute},
		{"fails when the link is closed", func(j *joint, _ func(), _ chan func()) { j.down.Close() }, ErrNoRoute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				parent, child, j, done := holding(t, opts)
				ctx, cancel := context.WithCancelCause(context.Background())
				defer cancel(nil)
				// The first overdraws: a message of any size may go.
				if err := parent.router.Send(ctx, child.pid("7"), PID{}, payloadOf(5000)); err != nil {
					t.Fatal(err)
				}
				result := make(chan error, 1)
				go func() { result <- parent.router.Send(ctx, child.pid("7"), PID{}, payloadOf(10)) }()
				if err := parent.router.Send(ctx, child.pid("8"), PID{}, payloadOf(10)); err != nil {
					t.Errorf("send to another object: %v", err)
				}
				if err := parent.router.TrySend(child.pid("7"), PID{}, payloadOf(10)); err != nil {
					t.Errorf("send without credit: %v", err)
				}
				synctest.Wait()
				select {
				case err := <-result:
					t.Fatalf("Send without credit returned %v at once", err)
				default:
				}
				began := time.Now()
				tt.do(j, func() { cancel(errStopped) }, done)
				if err := <-result; !errors.Is(err, tt.want) {
					t.Errorf("Send returned %v, want %v", err, tt.want)
				}
				if took := time.Since(began); took != 0 {
					t.Errorf("Send returned after %v, want at once", took)
				}
			})
		})
	}
}

// entries counts what the Router of a node holds about messages on their way.
func entries(n *node) int {
	r := n.router
	r.sent.mu.Lock()
	defer r.sent.mu.Unlock()
	r.received.mu.Lock()
	defer r.received.mu.Unlock()
	r.inbox.mu.Lock()
	defer r.inbox.mu.Unlock()
	return len(r.sent.flows) + len(r.received.flows) + len(r.inbox.open)
}

// Credit that is too little for a frame comes back after the rest, and leaves
// nothing behind on either side.
func TestLedgersEmptyThemselves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, child, _, done := holding(t, nil)
		for range 3 {
			if err := parent.router.Send(context.Background(), child.pid("7"), PID{}, payloadOf(10)); err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			(<-done)()
		}
		if entries(parent) != 1 || entries(child) != 1 {
			t.Error("there is no ledger before the rest is over")
		}
		time.Sleep(50 * time.Millisecond)
		synctest.Wait()
		if entries(parent) != 0 || entries(child) != 0 {
			t.Error("there is a ledger after the rest")
		}
	})
}

// A message over the limit is refused by name, whoever finds out.
func TestTooLarge(t *testing.T) {
	parent := newNode("1", nil)
	var lost []error
	child := newNode("1.1", &RouterOptions{MaxMessage: 100_000, Lost: func(err error) { lost = append(lost, err) }})
	j := join(t, parent, child)
	err := child.router.Send(context.Background(), parent.pid("7"), PID{}, payloadOf(100_000))
	if want := "send to 1/7: message too large: google.protobuf.BytesValue of 100004 bytes is over the limit of 100000"; err == nil || err.Error() != want || !errors.Is(err, ErrTooLarge) {
		t.Errorf("Send returned %v, want %s", err, want)
	}
	err = j.up.Completed(context.Background(), &linkpb.Completed{Type: "x.Y", Payload: make([]byte, 100_001)})
	if want := "send Completed: message too large: x.Y of 100001 bytes is over the limit of 100000"; err == nil || err.Error() != want {
		t.Errorf("Completed returned %v, want %s", err, want)
	}
	// The other way it comes all the same: it is thrown away, with its credit,
	// and the link lives.
	for _, n := range []int{1, 1_000_000, 2} {
		if err := parent.router.Send(context.Background(), child.pid("7"), PID{}, payloadOf(n)); err != nil {
			t.Fatal(err)
		}
	}
	child.await(func() bool { return len(child.messages) == 2 })
	if len(lost) != 1 || !errors.Is(lost[0], ErrTooLarge) {
		t.Errorf("lost %v, want one message too large", lost)
	}
	child.router.received.sweep()
	if err := parent.router.Send(context.Background(), child.pid("7"), PID{}, payloadOf(3)); err != nil {
		t.Fatal(err)
	}
	child.await(func() bool { return len(child.messages) == 3 })
}

// The sender of a large message that is interrupted leaves nothing behind.
func TestLargeMessageInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, child := newNode("1", nil), newNode("1.1", nil)
		_, _, toChild := joinWithValves(t, parent, child)
		toChild.set(true)
		ctx, cancel := context.WithCancelCause(context.Background())
		result := make(chan error, 1)
		go func() { result <- parent.router.Send(ctx, child.pid("7"), PID{}, payloadOf(10_000_000)) }()
		synctest.Wait()
		cancel(errStopped)
		if err := <-result; !errors.Is(err, errStopped) {
			t.Errorf("Send returned %v, want %v", err, errStopped)
		}
		toChild.set(false)
		time.Sleep(time.Second)
		synctest.Wait()
		if entries(parent) != 0 || entries(child) != 0 || len(child.messages) != 0 {
			t.Error("the half message left something behind")
		}
	})
}

// valve is an end of a pipe whose reader gets nothing while it is shut.
type valve struct {
	*end
	mu     sync.Mutex // guards isShut
	opened sync.Cond
	isShut bool
}

func (v *valve) Read(b []byte) (int, error) {
	n, err := v.end.Read(b)
	v.mu.Lock()
	defer v.mu.Unlock()
	for v.isShut {
		v.opened.Wait()
	}
	return n, err
}

func (v *valve) set(isShut bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.isShut = isShut
	v.opened.Broadcast()
}

// joinWithValves is join with a valve before either reader.
func joinWithValves(t *testing.T, parent, child *node) (j *joint, toParent, toChild *valve) {
	t.Helper()
	a, b := Pipe()
	toParent, toChild = &valve{end: a.(*end)}, &valve{end: b.(*end)}
	toParent.opened.L, toChild.opened.L = &toParent.mu, &toChild.mu
	return joinOver(t, parent, child, toParent, toChild), toParent, toChild
}

// While the other side does not read, a small message and a Stop do not wait
// behind a large one.
func TestNothingWaitsBehindALargeMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, child := newNode("1", nil), newNode("1.1", nil)
		j, _, toChild := joinWithValves(t, parent, child)
		toChild.set(true)
		large := make(chan error, 1)
		go func() { large <- parent.router.Send(context.Background(), child.pid("7"), PID{}, payloadOf(3_000_000)) }()
		synctest.Wait()
		if err := parent.router.Send(context.Background(), child.pid("8"), PID{}, payloadOf(1)); err != nil {
			t.Fatal(err)
		}
		if err := parent.router.Send(context.Background(), child.pid("8"), PID{}, payloadOf(2)); err != nil {
			t.Fatal(err)
		}
		j.down.Stop(&linkpb.Stop{Reason: "enough"})
		if got := j.down.Queued(); got > 400<<10 {
			t.Errorf("%d bytes are queued, want little more than a quarter of the queue", got)
		}
		toChild.set(false)
		child.await(func() bool { return len(child.messages) == 3 })
		var sizes []int
		for _, m := range child.messages {
			sizes = append(sizes, len(m.Payload))
		}
		if diff := cmp.Diff([]int{3, 4, 3_000_005}, sizes); diff != "" {
			t.Errorf("sizes of messages in order of arrival (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"Hello", "Stop"}, j.hUp.kinds()); diff != "" {
			t.Errorf("frames (-want +got):\n%s", diff)
		}
		if err := <-large; err != nil {
			t.Errorf("large Send returned %v", err)
		}
	})
}

// A relay whose way on is blocked holds a window of a large message, and no
// more.
func TestRelayHoldsAWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		root, middle, leaf := newNode("1", nil), newNode("1.1", nil), newNode("1.1.1", nil)
		join(t, root, middle)
		j, _, toLeaf := joinWithValves(t, middle, leaf)
		toLeaf.set(true)
		result := make(chan error, 1)
		go func() { result <- root.router.Send(context.Background(), leaf.pid("7"), PID{}, payloadOf(20_000_000)) }()
		synctest.Wait()
		if got := j.down.Queued(); got < 1<<19 || got > 5<<18 {
			t.Errorf("the relay holds %d bytes, want about %d", got, 1<<20)
		}
		toLeaf.set(false)
		if err := <-result; err != nil {
			t.Errorf("Send returned %v", err)
		}
		leaf.await(func() bool { return len(leaf.messages) == 1 })
	})
}

// A Stop comes before a Begin that is still on its way.
func TestStopOvertakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, child := newNode("1", nil), newNode("1.1", nil)
		j, _, toChild := joinWithValves(t, parent, child)
		toChild.set(true)
		begin := &linkpb.Begin{Input: &linkpb.Value{Type: "x", Payload: make([]byte, 200_000)}}
		if err := j.down.Begin(context.Background(), begin); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		j.down.Stop(&linkpb.Stop{})
		toChild.set(false)
		if err := j.down.CloseWrite(context.Background()); err != nil {
			t.Fatal(err)
		}
		<-j.up.Done()
		if diff := cmp.Diff([]string{"Hello", "Stop", "Begin"}, j.hUp.kinds()); diff != "" {
			t.Errorf("frames (-want +got):\n%s", diff)
		}
	})
}

// What is not UTF-8 is sent all the same: a Stop must never be lost.
func TestTextsThatAreNotUTF8(t *testing.T) {
	parent, child := newNode("1", nil), newNode("1.1", nil)
	j := join(t, parent, child)
	j.down.Stop(&linkpb.Stop{Reason: "because\xff"})
	if err := j.up.Log(context.Background(), &linkpb.Log{Text: "line\xff"}); err != nil {
		t.Error(err)
	}
	for _, end := range []func(context.Context) error{j.down.Flush, j.up.CloseWrite} {
		if err := end(context.Background()); err != nil {
			t.Error(err)
		}
	}
	<-j.up.Done()
	<-j.down.Done()
	if diff := cmp.Diff([]string{"Hello", "Stop"}, j.hUp.kinds()); diff != "" {
		t.Errorf("frames of the parent (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Hello", "Log"}, j.hDown.kinds()); diff != "" {
		t.Errorf("frames of the child (-want +got):\n%s", diff)
	}
}

// A Stop overtakes what is queued; nothing else does, and CloseWrite lets
// everything be read.
func TestOrderOfALink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, child := newNode("1", nil), newNode("1.1", nil)
		j, toParent, _ := joinWithValves(t, parent, child)
		ctx := context.Background()
		toParent.set(true)
		text := strings.Repeat("l", 100_000)
		for _, err := range []error{
			j.up.Ready(),
			child.router.Send(ctx, parent.pid("7"), child.pid("3"), payloadOf(100_000)),
			j.up.Log(ctx, &linkpb.Log{Text: text}),
			child.router.Send(ctx, parent.pid("7"), child.pid("3"), payloadOf(1)),
			j.up.Completed(ctx, &linkpb.Completed{Type: "x", Payload: bytes.Repeat([]byte{1}, 100)}),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		short, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		if err := j.up.Flush(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Flush to a side that does not read returned %v", err)
		}
		closed := make(chan error, 1)
		go func() { closed <- j.up.CloseWrite(ctx) }()
		synctest.Wait()
		if err := child.router.Send(ctx, parent.pid("7"), PID{}, payloadOf(1)); !isNoRoute(err) {
			t.Errorf("Send after CloseWrite returned %v", err)
		}
		toParent.set(false)
		if err := <-closed; err != nil {
			t.Error(err)
		}
		if err := <-j.hDown.closed; err != io.EOF {
			t.Errorf("parent's end closed with %v", err)
		}
		if err := <-j.hUp.closed; err != io.EOF {
			t.Errorf("child's end closed with %v", err)
		}
		if diff := cmp.Diff([]string{"Hello", "Ready", "Log", "Completed"}, j.hDown.kinds()); diff != "" {
			t.Errorf("frames (-want +got):\n%s", diff)
		}
		if len(parent.messages) != 2 {
			t.Errorf("%d messages came, want 2", len(parent.messages))
		}
	})
}
