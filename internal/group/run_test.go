package group

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/lifecycle"
)

func TestFailed(t *testing.T) {
	aborted, faulted := &lifecycle.Aborted{}, &lifecycle.Faulted{}
	tests := []struct {
		name   string
		result Result
		want   bool
	}{
		{"nothing ran", Result{}, false},
		{"values are fine", Result{Completed: []Ending{{Role: "a"}, {Role: "b"}}}, false},
		{"a fault among values fails", Result{Completed: []Ending{{Role: "a"}, {Role: "b", Fault: faulted}}}, true},
		{"exhausted retries fail", Result{Completed: []Ending{{Fault: &lifecycle.Exhausted{}}}}, true},
		{"a crash fails", Result{Completed: []Ending{{Fault: &lifecycle.Aborted{Signal: proto.Int32(9)}}}}, true},
		{"aborted after a stop is what was asked for", Result{Stopped: true, Completed: []Ending{{Fault: aborted}}}, false},
		{"another fault after a stop fails", Result{Stopped: true, Completed: []Ending{{Fault: faulted}}}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.result.Failed(); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
