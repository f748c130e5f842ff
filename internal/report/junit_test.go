package report_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/report"
	"github.com/ansar-go/ansar/lifecycle"
)

func TestJUnit(t *testing.T) {
	s := report.Collect([]report.Ending{
		reported("client-0", tested(0, true, "a < b"), tested(3, false, `Expected "x", got "y"`)),
		faulted("server-0", &lifecycle.Faulted{Condition: "no port", LastLines: "one\ntwo"}),
		returned("noop-0", &lifecycle.Ack{}),
	})
	const want = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="ansar" tests="3" failures="1" errors="1">
  <testsuite name="client-0" tests="2" failures="1" errors="0" skipped="0" time="1.500" timestamp="2026-03-04T05:06:07">
    <testcase name="a &lt; b" classname="client-0.client" file="client.go" line="40" time="0.000"></testcase>
    <testcase name="Expected &#34;x&#34;, got &#34;y&#34;" classname="client-0.client" file="client.go" line="43" time="1.500">
      <failure message="Expected &#34;x&#34;, got &#34;y&#34;" type="failed">client.go:43 - Expected &#34;x&#34;, got &#34;y&#34;</failure>
    </testcase>
  </testsuite>
  <testsuite name="server-0" tests="1" failures="0" errors="1" skipped="0" time="0.000">
    <testcase name="server-0" classname="server-0" time="0.000">
      <error message="no port; its last lines were:\n\x09one\n\x09two" type="Faulted">no port; its last lines were:&#xA;&#x9;one&#xA;&#x9;two</error>
    </testcase>
  </testsuite>
</testsuites>
`
	if diff := cmp.Diff(strings.ReplaceAll(want, `\x09`, "&#x9;"), string(s.JUnit())); diff != "" {
		t.Errorf("JUnit (-want +got):\n%s", diff)
	}
}

// Whatever tests say, the file can be read, and the numbers are those of the
// counts.
func TestJUnitOfOddTexts(t *testing.T) {
	s := report.Collect([]report.Ending{
		reported("a&b", tested(0, false, "]]> \x00\x1b \"<&>\" \u2028"), tested(-2, true, "")),
		returned("full", &lifecycle.TestReport{Passed: 4000000000, Failed: 4000000000}),
	})
	text := string(s.JUnit())
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
	}
	for _, want := range []string{
		`<testsuites name="ansar" tests="8000000002" failures="4000000001" errors="0">`,
		`<testsuite name="full" tests="8000000000" failures="4000000000" errors="0" skipped="0" time="0.000">`,
		`<system-out>8000000000 tests are counted, and not listed: the report has no room for them</system-out>`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	if strings.Contains(text, `time="-`) {
		t.Errorf("time runs backwards in\n%s", text)
	}
}
