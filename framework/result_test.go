package framework

import (
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/lifecycle"
)

func TestFaultIn(t *testing.T) {
	pack := func(m proto.Message) *anypb.Any { return lifecycle.Complete(m).GetValue() }
	damaged := pack(&lifecycle.Faulted{})
	damaged.Value = []byte{0xff}
	tests := []struct {
		name  string
		value *anypb.Any
		want  bool
	}{
		{"no value", nil, false},
		{"a value of this framework", pack(&lifecycle.Ack{}), false},
		{"a value of others", pack(wrapperspb.Bool(true)), false},
		{"a value of an unknown type", &anypb.Any{TypeUrl: "type.googleapis.com/some.Type", Value: []byte{0xff}}, false},
		{"a fault", pack(&lifecycle.Exhausted{}), true},
		{"a damaged fault", damaged, true},
	}
	messages := (&lifecycle.Faulted{}).ProtoReflect().Descriptor().ParentFile().Messages()
	for i := range messages.Len() { // every message of the package, so that a new fault is not forgotten
		mt, err := protoregistry.GlobalTypes.FindMessageByName(messages.Get(i).FullName())
		if err != nil {
			t.Fatal(err)
		}
		m := mt.New().Interface()
		_, want := m.(lifecycle.Fault)
		tests = append(tests, struct {
			name  string
			value *anypb.Any
			want  bool
		}{string(messages.Get(i).Name()), pack(m), want})
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := faultIn(tt.value); (got != nil) != tt.want {
				t.Errorf("fault %v, want one: %v", got, tt.want)
			}
		})
	}
}

func TestStatusOf(t *testing.T) {
	for code, want := range map[int32]int{0: 0, 1: 1, 255: 255, 256: 1, 257: 1, -1: 255, -256: 1} {
		if got := statusOf(code); got != want {
			t.Errorf("statusOf(%d) = %d, want %d", code, got, want)
		}
	}
}
