package report_test

import (
	"errors"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/ansar-go/ansar/internal/report"
	"github.com/ansar-go/ansar/lifecycle"
)

var start = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// tested is a test of the object client, n half seconds after the start.
func tested(n int, held bool, text string) *lifecycle.PointTest {
	return &lifecycle.PointTest{
		Condition: held, Text: text, Name: "client", Source: "client.go", Line: uint32(40 + n),
		Path: "/build/app/client/client.go", Stamp: timestamppb.New(start.Add(time.Duration(n) * 500 * time.Millisecond)),
	}
}

// reported is a role that returned a report of these tests.
func reported(role string, tests ...*lifecycle.PointTest) report.Ending {
	r := &lifecycle.TestReport{Tested: tests}
	for _, test := range tests {
		if test.GetCondition() {
			r.Passed++
		} else {
			r.Failed++
		}
	}
	return returned(role, r)
}

func returned(role string, value proto.Message) report.Ending {
	return report.Ending{Role: role, Value: lifecycle.Complete(value).GetValue()}
}

func faulted(role string, fault lifecycle.Fault) report.Ending {
	return report.Ending{Role: role, Value: lifecycle.Complete(fault).GetValue(), Fault: fault}
}

var errOdd = errors.New("odd")
