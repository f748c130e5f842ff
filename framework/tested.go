package framework

import (
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/ansar-go/ansar/lifecycle"
)

// statusOfValue is the exit status of a program that returned a value: tests
// that failed show in it.
func statusOfValue(value *anypb.Any) int {
	report := new(lifecycle.TestReport)
	if !value.MessageIs(report) || value.UnmarshalTo(report) == nil && report.GetFailed() == 0 {
		return exitDone
	}
	return exitFault
}
