package framework

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/lifecycle"
)

func TestFaultText(t *testing.T) {
	tests := []struct {
		name       string
		err        error
		line, more string
	}{
		{"an error is its text", errors.New("no door"), "no door", ""},
		{"a fault is a condition and an explanation", &lifecycle.Faulted{Condition: "no power", Explanation: "plug it in"}, "no power (plug it in)", ""},
		{"further lines come below", errors.New("one\ntwo\n\nthree"), "one", "    two\n    three\n"},
		{"the stack comes below", &lifecycle.Faulted{Condition: "panic: x", Stack: "goroutine 1:\n\tmain.go:3\n"},
			"panic: x", "    goroutine 1:\n        main.go:3\n"},
		{"one last line stays in the line", &lifecycle.Aborted{Executable: "kid", ExitStatus: proto.Int32(3), LastLines: "oh no\n"},
			"kid: process exited without a result: status 3; its last line was: oh no", ""},
		{"many last lines come below", &lifecycle.Aborted{Executable: "kid", ExitStatus: proto.Int32(3), LastLines: "oh\nno\n"},
			"kid: process exited without a result: status 3", "    oh\n    no\n"},
		{"so they do of a Faulted", &lifecycle.Faulted{Condition: "bad", LastLines: "oh\nno"}, "bad", "    oh\n    no\n"},
		{"an error that is wrapped is its text", fmt.Errorf("open: %w", &lifecycle.Aborted{LastLines: "oh\nno"}),
			"open: aborted; its last lines were:", "        oh\n        no\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			line, more := faultText(tt.err)
			if diff := cmp.Diff([]string{tt.line, tt.more}, []string{line, more}); diff != "" {
				t.Errorf("line and more (-want +got):\n%s", diff)
			}
		})
	}
}

// What is shown is a copy: the fault may be on its way to others.
func TestFaultTextLeavesTheFault(t *testing.T) {
	fault := &lifecycle.Faulted{Condition: "bad", LastLines: "oh\nno"}
	faultText(fault)
	if diff := cmp.Diff("oh\nno", fault.LastLines); diff != "" {
		t.Errorf("last lines (-want +got):\n%s", diff)
	}
}
