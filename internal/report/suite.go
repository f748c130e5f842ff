package report

import (
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/ansar-go/ansar/lifecycle"
)

// Ending is what a role of a run ended with.
type Ending struct {
	Role  string
	Value *anypb.Any
	Fault error // nil: it did its work, or was stopped as it should be
}

// Role is what a role found out.
type Role struct {
	Name   string
	Report *lifecycle.TestReport // nil: it returned none
	Fault  error                 // nil: it ended in none
}

// Suite is what came of a run, role by role in the order of their ends. Roles
// that returned something else than a report, and did not end in a fault, are
// left out.
type Suite struct {
	Roles []Role

	Passed, Failed uint64
}

// Collect makes a suite of what roles ended with.
func Collect(endings []Ending) *Suite {
	s := &Suite{}
	for _, e := range endings {
		r := Role{Name: e.Role, Fault: e.Fault}
		if report := new(lifecycle.TestReport); e.Value.MessageIs(report) {
			if err := e.Value.UnmarshalTo(report); err != nil {
				r.Fault = err
			} else {
				r.Report = report
			}
		}
		if r.Report == nil && r.Fault == nil {
			continue
		}
		s.Roles = append(s.Roles, r)
		s.Passed += uint64(r.Report.GetPassed())
		s.Failed += uint64(r.Report.GetFailed())
	}
	return s
}

// Reports counts the roles that returned a report.
func (s *Suite) Reports() int {
	n := 0
	for _, r := range s.Roles {
		if r.Report != nil {
			n++
		}
	}
	return n
}

// Message is the suite as the input of a program that analyzes it.
func (s *Suite) Message() *lifecycle.TestSuite {
	m := &lifecycle.TestSuite{Report: map[string]*lifecycle.TestReport{}}
	for _, r := range s.Roles {
		if r.Report != nil {
			m.Report[r.Name] = r.Report
		}
	}
	for _, r := range m.GetReport() {
		m.Passed += r.GetPassed()
		m.Failed += r.GetFailed()
	}
	return m
}
