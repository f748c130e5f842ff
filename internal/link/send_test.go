package link

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// Messages between all processes of a tree arrive whole, in order, and with
// their sender.
func TestSendReachesEveryProcess(t *testing.T) {
	addresses := []string{"1", "1.1", "1.2", "1.1.1", "1.2.7"}
	nodes := make(map[string]*node)
	for _, a := range addresses {
		nodes[a] = newNode(a, nil)
		if i := strings.LastIndexByte(a, '.'); i > 0 {
			join(t, nodes[a[:i]], nodes[a])
		}
	}
	for _, from := range addresses {
		for _, to := range addresses {
			if from == to {
				continue
			}
			t.Run(from+" to "+to, func(t *testing.T) {
				n := nodes[to]
				n.note(func() { n.messages = nil })
				want := []string{"", "a", strings.Repeat("x", 3*maxPiece), strings.Repeat("y", maxPiece), "z"}
				for _, text := range want {
					if err := nodes[from].router.Send(context.Background(), n.pid("7"), nodes[from].pid("3"), wrapperspb.String(text)); err != nil {
						t.Fatal(err)
					}
				}
				n.await(func() bool { return len(n.messages) == len(want) })
				for i, m := range n.messages {
					got := new(wrapperspb.StringValue)
					if err := proto.Unmarshal(m.Payload, got); err != nil {
						t.Fatal(err)
					}
					if got.Value != want[i] {
						t.Errorf("message %d has %d bytes, want %d", i, len(got.Value), len(want[i]))
					}
					if diff := cmp.Diff([]any{PID{to, "7"}, PID{from, "3"}, "google.protobuf.StringValue"}, []any{m.Target, m.Sender, m.Type}); diff != "" {
						t.Errorf("message %d (-want +got):\n%s", i, diff)
					}
				}
			})
		}
	}
}
