package actor

import (
	"context"
	"errors"
	"testing"

	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/lifecycle"
)

var double = Define("double", func(self *Context, _ *lifecycle.None, n *wrapperspb.UInt32Value) (*wrapperspb.UInt64Value, error) {
	if n.Value == 13 {
		return nil, lifecycle.ErrMaybe
	}
	return wrapperspb.UInt64(2 * uint64(n.Value)), nil
})

func TestCall(t *testing.T) {
	for name, options := range map[string][]Option{"process": nil, "here": {InProcess()}} {
		t.Run(name, func(t *testing.T) {
			got, err := double.Call(context.Background(), wrapperspb.UInt32(21), options...)
			if err != nil || got.GetValue() != 42 {
				t.Fatalf("double(21) = %v, %v", got, err)
			}
			_, err = double.Call(context.Background(), wrapperspb.UInt32(13), options...)
			if !errors.Is(err, lifecycle.ErrMaybe) {
				t.Fatalf("double(13): %v, want Maybe", err)
			}
		})
	}
}
