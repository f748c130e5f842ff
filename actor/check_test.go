package actor

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/lifecycle"
)

func TestCheck(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.keepLog(LevelWarning)
		begun := time.Now()
		var report *lifecycle.TestReport
		err := b.ends(b.object("client", func(self *Context) error {
			if !self.Test(true, "all is well: 100%") {
				t.Error("what holds is false")
			}
			time.Sleep(time.Second)
			if self.Test(1+1 == 3, "Expected %d, got %d", 3, 1+1) {
				t.Error("what does not hold is true")
			}
			report = self.TestReport()
			return nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		first := report.GetTested()[0]
		if !strings.HasSuffix(first.GetPath(), "/actor/check_test.go") {
			t.Errorf("path %q", first.GetPath())
		}
		want := &lifecycle.TestReport{Passed: 1, Failed: 1, Tested: []*lifecycle.PointTest{
			{
				Condition: true, Text: "all is well: 100%", Name: "client", Source: "check_test.go", Line: first.GetLine(),
				Path: first.GetPath(), Stamp: timestamppb.New(begun),
			},
			{
				Text: "Expected 3, got 2", Name: "client", Source: "check_test.go", Line: first.GetLine() + 4,
				Path: first.GetPath(), Stamp: timestamppb.New(begun.Add(time.Second)),
			},
		}}
		if diff := cmp.Diff(want, report, protocmp.Transform()); diff != "" {
			t.Errorf("report (-want +got):\n%s", diff)
		}
		line := fmt.Sprintf("= <%s>client - Expected 3, got 2 (check_test.go:%d)\n", "00000009", first.GetLine()+4)
		if got := b.lines.String(); !strings.HasSuffix(got, line) || strings.Count(got, "\n") != 1 {
			t.Errorf("log %q, want %q", got, line)
		}
	})
}

// The conversation with the record shows in the trace, and still works after a
// stop.
func TestReportAfterStop(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.keepLog(LevelObject)
		c := b.object("client", func(self *Context) error {
			<-self.Done()
			self.Test(true, "stopped")
			if got := self.TestReport().GetPassed(); got != 1 {
				t.Errorf("%d passed", got)
			}
			return nil
		})
		c.stop(stopIn(time.Minute, ""), false)
		<-c.ended
		for _, want := range []string{"Sent PointTest to <00000004>", "Sent Enquiry to <00000004>", "Received TestReport from <00000004>"} {
			if !strings.Contains(b.lines.String(), want) {
				t.Errorf("no %q in\n%s", want, b.lines)
			}
		}
	})
}

// Without a test the report is empty.
func TestEmptyReport(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.run(func(self *Context) error {
			if diff := cmp.Diff(&lifecycle.TestReport{}, self.TestReport(), protocmp.Transform()); diff != "" {
				t.Errorf("report (-want +got):\n%s", diff)
			}
			return nil
		})
	})
}

// A report is bounded, keeps the order, prefers what failed, and counts all.
func TestRecordKeeps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := &testRecord{}
		var all []*lifecycle.PointTest
		for _, run := range rapid.SliceOfN(rapid.IntRange(-800, 800), 0, 6).Draw(t, "runs, below zero of failures") {
			for range max(run, -run) {
				test := &lifecycle.PointTest{Condition: run > 0, Line: uint32(len(all))}
				all = append(all, test)
				r.add(test)
			}
		}
		first := func(n int, condition bool) []*lifecycle.PointTest {
			var list []*lifecycle.PointTest
			for _, test := range all {
				if test.GetCondition() == condition && len(list) < n {
					list = append(list, test)
				}
			}
			return list
		}
		broken := first(1000, false)
		want := append(slices.Clone(broken), first(1000-len(broken), true)...)
		slices.SortFunc(want, func(a, b *lifecycle.PointTest) int { return int(a.GetLine()) - int(b.GetLine()) })
		report := r.report()
		if diff := cmp.Diff(want, report.GetTested(), protocmp.Transform()); diff != "" {
			t.Fatalf("tested (-want +got):\n%s", diff)
		}
		if passed := len(first(len(all), true)); int(report.GetPassed()) != passed || int(report.GetFailed()) != len(all)-passed {
			t.Fatalf("%d/%d, want %d/%d", report.GetPassed(), report.GetFailed(), passed, len(all)-passed)
		}
	})
}

// What a test says is bounded too, and can always be encoded.
func TestCheckText(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a short text", "Größe", "Größe"},
		{"what is no UTF-8", "a\xffb", "a\uFFFDb"},
		{"a long text", strings.Repeat("x", 5000), strings.Repeat("x", 4096) + "..."},
		{"no half of a character", strings.Repeat("ö", 2500) + "x", strings.Repeat("ö", 2048) + "..."},
		{"no half of a longer one", "x" + strings.Repeat("ö", 2500), "x" + strings.Repeat("ö", 2047) + "..."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := shortened(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// Every test of every goroutine counts.
func TestHammerChecks(t *testing.T) {
	p := newPlace(t)
	const goroutines, each = 16, 2000
	err := p.ends(p.object(func(self *Context) error {
		var all sync.WaitGroup
		for g := range goroutines {
			all.Go(func() {
				for i := range each {
					self.Test((g+i)%4 != 0, "%d", i)
				}
				if report := self.TestReport(); report.GetPassed()+report.GetFailed() < each {
					t.Errorf("%d passed and %d failed, want %d or more", report.GetPassed(), report.GetFailed(), each)
				}
			})
		}
		all.Wait()
		report := self.TestReport()
		if passed, failed := report.GetPassed(), report.GetFailed(); passed != goroutines*each*3/4 || failed != goroutines*each/4 {
			t.Errorf("%d passed and %d failed, want %d and %d", passed, failed, goroutines*each*3/4, goroutines*each/4)
		}
		if len(report.GetTested()) != mostRecords {
			t.Errorf("%d records", len(report.GetTested()))
		}
		return nil
	}))
	if err != nil {
		t.Error(err)
	}
}

// checker tests something, and has the object that it calls test something.
var checker = Define("checker", func(self *Context, _, in *text) (*lifecycle.TestReport, error) {
	self.Test(false, "%s", in.GetValue())
	return self.TestReport(), nil
})

// The tests of a called process are in its own report, those of an in-process
// call in that of the process.
func TestChecksOfCalls(t *testing.T) {
	tests := []struct {
		name    string
		options []Option
		caller  []string
		called  []string
	}{
		{"a process of its own", nil, []string{"before"}, []string{"call"}},
		{"in this process", []Option{InProcess()}, []string{"before", "call"}, []string{"before", "call"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlace(t)
			err := p.ends(p.object(func(self *Context) error {
				self.Test(true, "before")
				called, err := checker.Call(self, wrapperspb.String("call"), tt.options...)
				if err != nil {
					return err
				}
				if got := texts(called); !equalStrings(got, tt.called) {
					t.Errorf("called: %q, want %q", got, tt.called)
				}
				if got := texts(self.TestReport()); !equalStrings(got, tt.caller) {
					t.Errorf("caller: %q, want %q", got, tt.caller)
				}
				return nil
			}))
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func texts(report *lifecycle.TestReport) []string {
	var list []string
	for _, test := range report.GetTested() {
		list = append(list, test.GetText())
	}
	return list
}

// Whoever sends the record something else is not heard, and harms nothing.
func TestRecordIgnores(t *testing.T) {
	p := newPlace(t)
	err := p.ends(p.object(func(self *Context) error {
		self.Test(true, "one")
		record := &PID{Address: p.address, Id: testsID}
		for _, m := range []proto.Message{&lifecycle.Ack{}, &lifecycle.PointTest{}} {
			if err := self.Send(record, m); err != nil {
				return err
			}
		}
		report, err := Request[*lifecycle.TestReport](self, record, &lifecycle.Enquiry{})
		if report.GetPassed() != 1 || report.GetFailed() != 1 {
			t.Errorf("report %v", report)
		}
		return err
	}))
	if err != nil {
		t.Error(err)
	}
}
