package actor

import (
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/internal/poolpb"
)

// What is read is what was written; what was not written by us is an error or not, but
// never more.
func TestReadWorked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := &poolpb.Worked{
			Type:   rapid.StringMatching("[a-z.]*").Draw(t, "type"),
			Value:  rapid.SliceOf(rapid.Byte()).Draw(t, "value"),
			Memory: rapid.Uint64().Draw(t, "memory"),
		}
		payload, err := proto.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		value, memory, err := readWorked(payload, rapid.Bool().Draw(t, "copied"))
		got := &poolpb.Worked{Type: string(value.MessageName()), Value: value.GetValue(), Memory: memory}
		if want.Type == "" || got.Type == "" { // no name of a type
			got.Type = want.Type
		}
		if err != nil || !proto.Equal(got, want) {
			t.Fatalf("got %v, %v, want %v", got, err, want)
		}
		if len(payload) > 0 {
			payload[rapid.IntRange(0, len(payload)-1).Draw(t, "at")] ^= rapid.Byte().Draw(t, "bits")
			if value, _, err := readWorked(payload, true); err == nil && value == nil {
				t.Fatal("neither a value nor an error")
			}
		}
	})
}
