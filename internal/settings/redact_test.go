package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/wrapperspb"
	"pgregory.net/rapid"

	pb "github.com/ansar-go/ansar/internal/settings/settingstest"
)

func TestRedact(t *testing.T) {
	unknown := &anypb.Any{TypeUrl: "a/x.Y", Value: []byte{1}}
	damaged := &anypb.Any{TypeUrl: "a/ansar.settingstest.v1.Vault", Value: []byte{255}}
	tests := []struct {
		name    string
		m, want proto.Message
	}{
		{"texts and bytes", &pb.Vault{Word: "a", Blob: []byte("b"), Maybe: proto.String(""), Open: "o"},
			&pb.Vault{Word: "***", Blob: []byte("***"), Maybe: proto.String("***"), Open: "o"}},
		{"what is not set stays so", &pb.Vault{Open: "o"}, &pb.Vault{Open: "o"}},
		{"numbers, maps and messages", &pb.Vault{Number: 5, ByName: map[string]string{"a": "b"}, Limits: &pb.Limits{MaxSize: 1}, Boxed: wrapperspb.String("x")}, &pb.Vault{}},
		{"lists", &pb.Vault{Words: []string{"a", "b"}}, &pb.Vault{Words: []string{"***", "***"}}},
		{"deep inside", &pb.Vault{Inner: []*pb.Vault{{Word: "a"}}, Named: map[string]*pb.Vault{"k": {Word: "a", Open: "o"}}},
			&pb.Vault{Inner: []*pb.Vault{{Word: "***"}}, Named: map[string]*pb.Vault{"k": {Word: "***", Open: "o"}}}},
		{"inside of an any", &pb.Vault{Any: packed(t, &pb.Vault{Any: packed(t, &pb.Vault{Word: "a"})})},
			&pb.Vault{Any: packed(t, &pb.Vault{Any: packed(t, &pb.Vault{Word: "***"})})}},
		{"an any of an unknown type", &pb.Vault{Any: unknown}, &pb.Vault{Any: unknown}},
		{"an any with damaged bytes", &pb.Vault{Any: damaged}, &pb.Vault{Any: damaged}},
		{"an any itself", packed(t, &pb.Limits{PinCode: "a"}), packed(t, &pb.Limits{PinCode: "***"})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := proto.Clone(tt.m)
			if diff := cmp.Diff(tt.want, Redact(tt.m, nil), protocmp.Transform()); diff != "" {
				t.Errorf("copy (-want +got):\n%s", diff)
			}
			if !proto.Equal(before, tt.m) {
				t.Errorf("the message itself changed to %v", tt.m)
			}
		})
	}
}

// A field of a later version may be a secret.
func TestRedactClearsUnknownFields(t *testing.T) {
	m := &pb.Vault{Inner: []*pb.Vault{{}}}
	m.Inner[0].ProtoReflect().SetUnknown(protowire.AppendString(protowire.AppendTag(nil, 999, protowire.BytesType), "hunter2"))
	if got := Redact(m, nil).(*pb.Vault); len(got.Inner[0].ProtoReflect().GetUnknown()) > 0 {
		t.Errorf("unknown fields are left: %v", got)
	}
}

func TestRedactLeavesTheRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := randomEvery(t, "m")
		// The library's own copy loses the sign of a zero that has no presence.
		wantEqual(t, "without secrets", proto.Clone(m), Redact(m, nil))
	})
}
