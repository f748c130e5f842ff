package actor

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/ansar-go/ansar/lifecycle"
)

// Test records whether something is as it should be, and gives that back. The
// text says what was expected; secrets of messages among the arguments are
// hidden. It is recorded with the line of the source that called Test, for
// [Context.TestReport] of any object of this process. One that failed is logged
// as a warning, too.
//
// Test may be used from any goroutine.
func (self *Context) Test(condition bool, format string, args ...any) bool {
	_, file, line, _ := runtime.Caller(1)
	text := format
	if len(args) > 0 {
		text = fmt.Sprintf(format, redactArgs(args)...)
	}
	p := &lifecycle.PointTest{
		Condition: condition, Text: shortened(text), Name: shortened(self.name), Source: shortened(filepath.Base(file)), Line: uint32(line),
		Path: shortened(file), Stamp: timestamppb.New(time.Now()),
	}
	if !condition {
		self.line(tagCheck, "%s (%s:%d)", p.GetText(), p.GetSource(), line)
	}
	n := self.node
	n.startTests()
	to := &PID{Address: n.address, Id: testsID}
	if self.log.shows(tagSent) {
		self.line(tagSent, "Sent PointTest to %s", n.text(to))
	}
	n.tests.room <- struct{}{} // returned when it is recorded
	n.post(to, &mail{body: p, from: self.pid, done: func() { <-n.tests.room }})
	return condition
}

// TestReport asks the test record for what was tested in this process so far,
// by whichever object: each in-process call and each attempt of a retry included.
// The tests of called processes are in their own reports.
//
// It answers at once, after a stop as well. A program that returns a report in
// which something failed exits with status 1 when it is run by hand.
func (self *Context) TestReport() *lifecycle.TestReport {
	n := self.node
	n.startTests()
	to := &PID{Address: n.address, Id: testsID}
	if self.log.shows(tagSent) {
		self.line(tagSent, "Sent Enquiry to %s", n.text(to))
	}
	a := n.asks.open(to)
	defer n.asks.done(a)
	n.post(to, &mail{body: &lifecycle.Enquiry{}, from: a.pid})
	report, _ := (<-a.reply).body.(*lifecycle.TestReport) // it answers nothing else
	if self.log.shows(tagReceived) {
		self.line(tagReceived, "Received TestReport from %s", n.text(to))
	}
	return report
}

// longestText is how many bytes of a text are recorded.
const longestText = 4096

// shortened is a text that a report has room for, and can be encoded.
func shortened(text string) string {
	if len(text) <= longestText {
		return strings.ToValidUTF8(text, "\uFFFD")
	}
	end := longestText
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return strings.ToValidUTF8(text[:end], "\uFFFD") + "..."
}
