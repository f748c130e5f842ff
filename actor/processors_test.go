package actor

import (
	"context"
	"runtime"
	"testing"

	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/lifecycle"
)

// processors tells how many its process uses, or how many one that it calls.
var processors = Define("processors", func(self *Context, _ *lifecycle.None, deeper *wrapperspb.BoolValue) (*wrapperspb.Int32Value, error) {
	if deeper.GetValue() {
		itself, _ := kinds.Load("processors")
		k, _ := itself.(*kind)
		return call[*wrapperspb.Int32Value](self, &order{kind: k, name: k.name}, nil)
	}
	return wrapperspb.Int32(int32(runtime.GOMAXPROCS(0))), nil
})

func TestProcessors(t *testing.T) {
	p := newPlace(t)
	tests := []struct {
		name    string
		deeper  bool
		options []Option
		want    int
	}{
		{"as many as Go uses", false, nil, runtime.NumCPU()},
		{"as many as were asked for", false, []Option{Processors(1)}, 1},
		{"not in what the process calls", true, []Option{Processors(1)}, runtime.NumCPU()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := callObject(p, context.Background(), processors, wrapperspb.Bool(tt.deeper), tt.options...)
			if err != nil || int(got.GetValue()) != tt.want {
				t.Errorf("it uses %v processors (%v), want %d", got.GetValue(), err, tt.want)
			}
		})
	}
	p.nothingLeft()
}
