package report

import (
	"encoding/xml"
	"fmt"
	"time"

	"github.com/ansar-go/ansar/lifecycle"
)

// The elements of JUnit XML, as far as readers agree on them.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    uint64       `xml:"tests,attr"`
		Failures uint64       `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}

	junitSuite struct {
		Name      string      `xml:"name,attr"`
		Tests     uint64      `xml:"tests,attr"`
		Failures  uint64      `xml:"failures,attr"`
		Errors    int         `xml:"errors,attr"`
		Skipped   int         `xml:"skipped,attr"`
		Time      string      `xml:"time,attr"`
		Timestamp string      `xml:"timestamp,attr,omitempty"`
		Cases     []junitCase `xml:"testcase"`
		Out       string      `xml:"system-out,omitempty"`
	}

	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    uint32        `xml:"line,attr,omitempty"`
		Time    string        `xml:"time,attr"`
		Failure *junitProblem `xml:"failure"`
		Error   *junitProblem `xml:"error"`
	}

	junitProblem struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit renders the suite as JUnit XML: a testsuite for each role, a testcase
// for each test, and one with an error for a role that ended in a fault. The time
// of a test is that since the one before it.
func (s *Suite) JUnit() []byte {
	all := junitSuites{Name: "ansar", Failures: s.Failed, Tests: s.Passed + s.Failed}
	for _, r := range s.Roles {
		suite := r.junit()
		all.Errors += suite.Errors
		all.Tests += uint64(suite.Errors)
		all.Suites = append(all.Suites, suite)
	}
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil { // the types above can be encoded, and the writer is memory
		panic(err)
	}
	return append(append([]byte(xml.Header), text...), '\n')
}

func (r *Role) junit() junitSuite {
	tested := r.Report.GetTested()
	suite := junitSuite{
		Name: r.Name, Tests: uint64(r.Report.GetPassed()) + uint64(r.Report.GetFailed()), Failures: uint64(r.Report.GetFailed()), Time: "0.000",
	}
	if len(tested) > 0 {
		suite.Timestamp = tested[0].GetStamp().AsTime().Format("2006-01-02T15:04:05")
		suite.Time = seconds(tested[len(tested)-1].GetStamp().AsTime().Sub(tested[0].GetStamp().AsTime()))
	}
	for i, test := range tested {
		since := time.Duration(0)
		if i > 0 {
			since = test.GetStamp().AsTime().Sub(tested[i-1].GetStamp().AsTime())
		}
		suite.Cases = append(suite.Cases, junitTest(r.Name, test, since))
	}
	if r.Fault != nil {
		suite.Errors++
		suite.Tests++
		suite.Cases = append(suite.Cases, junitCase{
			Name: r.Name, Class: r.Name, Time: "0.000",
			Error: &junitProblem{Message: oneLine(r.Fault.Error()), Type: faultName(r.Fault), Text: r.Fault.Error()},
		})
	}
	if out := suite.Tests - uint64(len(suite.Cases)); out > 0 {
		suite.Out = fmt.Sprintf("%d tests are counted, and not listed: the report has no room for them", out)
	}
	return suite
}

func junitTest(role string, test *lifecycle.PointTest, since time.Duration) junitCase {
	c := junitCase{
		Name: oneLine(test.GetText()), Class: role + "." + test.GetName(), File: test.GetSource(), Line: test.GetLine(), Time: seconds(since),
	}
	if !test.GetCondition() {
		c.Failure = &junitProblem{
			Message: oneLine(test.GetText()), Type: "failed",
			Text: fmt.Sprintf("%s:%d - %s", test.GetSource(), test.GetLine(), test.GetText()),
		}
	}
	return c
}

// seconds are never below zero: clocks may be set.
func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", max(0, d).Seconds()) }
