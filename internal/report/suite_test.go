package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/ansar-go/ansar/internal/report"
	"github.com/ansar-go/ansar/lifecycle"
)

func TestText(t *testing.T) {
	tests := []struct {
		name    string
		endings []report.Ending
		want    string
	}{
		{"nobody tested", []report.Ending{returned("noop-0", &lifecycle.Ack{})}, ""},
		{"all held", []report.Ending{reported("client-0", tested(1, true, "a"), tested(2, true, "b"))}, "role \"client-0\" (pass/fail): 2/0\n"},
		{"some failed", []report.Ending{reported("client-0", tested(1, true, "a"), tested(2, false, "b"), tested(3, false, "c"))}, `
role "client-0" (pass/fail): 1/2
client.go:42 - b
client.go:43 - c
`},
		{"in the order of their ends, and nothing about others", []report.Ending{
			reported("client-1", tested(1, true, "a")), returned("noop-0", &lifecycle.Ack{}),
			faulted("server-0", &lifecycle.Faulted{}), reported("client-0", tested(1, true, "a")),
		}, "role \"client-1\" (pass/fail): 1/0\nrole \"client-0\" (pass/fail): 1/0\n"},
		{"an empty report", []report.Ending{returned("client-0", &lifecycle.TestReport{})}, "role \"client-0\" (pass/fail): 0/0\n"},
		{"more than there is room for", []report.Ending{returned("client-0", &lifecycle.TestReport{
			Passed: 5, Failed: 3, Tested: []*lifecycle.PointTest{tested(1, false, "a")},
		})}, `
role "client-0" (pass/fail): 5/3
client.go:41 - a
and 2 more that failed, which the report has no room for
`},
		{"a text of many lines, and of other things", []report.Ending{reported("client-0", tested(1, false, "a\nb\x1b[2Jc\td é"))}, `
role "client-0" (pass/fail): 0/1
client.go:41 - a\nb\x1b[2Jc` + "\t" + `d é
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), report.Collect(tt.endings).Text()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	exhausted := &lifecycle.Exhausted{Attempts: 4, Explanation: "no server"}
	var many []report.Ending
	for i := range 41 {
		many = append(many, faulted(fmt.Sprintf("client-%d", i), exhausted))
	}
	tests := []struct {
		name    string
		endings []report.Ending
		want    string
	}{
		{"none", []report.Ending{reported("client-0"), returned("noop-0", &lifecycle.Ack{})}, ""},
		{"one", many[:1], `role "client-0" ended in Exhausted: retries are used up after 4 attempts (no server)`},
		{"some", many[:3], "3 roles (client-0, client-1, client-2) ended in Exhausted: retries are used up after 4 attempts (no server)"},
		{"many", many, "41 roles (client-0, client-1, client-2 and 38 more) ended in Exhausted: retries are used up after 4 attempts (no server)"},
		{"of more than one kind", append(many[:1:1], faulted("server-0", &lifecycle.Faulted{Condition: "no\nport"})),
			`role "client-0" ended in Exhausted: retries are used up after 4 attempts (no server); role "server-0" ended in Faulted: no`},
		{"of no kind of ours", []report.Ending{{Role: "x", Fault: errOdd}}, `role "x" ended in a fault: odd`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := report.Collect(tt.endings).Faults(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestMessage(t *testing.T) {
	s := report.Collect([]report.Ending{
		reported("client-0", tested(1, true, "a"), tested(2, false, "b")), reported("client-1", tested(1, true, "a")),
		faulted("server-0", &lifecycle.Faulted{}), returned("noop-0", &lifecycle.Ack{}),
	})
	want := &lifecycle.TestSuite{Passed: 2, Failed: 1, Report: map[string]*lifecycle.TestReport{
		"client-0": {Passed: 1, Failed: 1, Tested: []*lifecycle.PointTest{tested(1, true, "a"), tested(2, false, "b")}},
		"client-1": {Passed: 1, Tested: []*lifecycle.PointTest{tested(1, true, "a")}},
	}}
	if diff := cmp.Diff(want, s.Message(), protocmp.Transform()); diff != "" {
		t.Errorf("suite (-want +got):\n%s", diff)
	}
	if s.Reports() != 2 || s.Passed != 2 || s.Failed != 1 {
		t.Errorf("%d reports, %d/%d", s.Reports(), s.Passed, s.Failed)
	}
}

// A report that cannot be read is a fault.
func TestDamagedReport(t *testing.T) {
	damaged := lifecycle.Complete(&lifecycle.TestReport{}).GetValue()
	s := report.Collect([]report.Ending{{Role: "client-0", Value: &anypb.Any{TypeUrl: damaged.GetTypeUrl(), Value: []byte{0xff}}}})
	if s.Reports() != 0 || !strings.HasPrefix(s.Faults(), `role "client-0" ended in a fault: proto:`) {
		t.Errorf("%d reports and %q", s.Reports(), s.Faults())
	}
}
