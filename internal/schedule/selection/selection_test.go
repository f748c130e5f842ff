package selection_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/selection"
)

// jobs are chosen from by the tests below.
var jobs = []struct {
	job  *pb.Job
	last *pb.JobReport
}{
	{&pb.Job{Id: "build", Labels: []string{"host"}}, &pb.JobReport{Status: pb.Status_STATUS_OK}},
	{&pb.Job{Id: "slow-wlan", Labels: []string{"wlan", "two words"}, Resources: []*pb.Demand{{Name: "board-a"}}}, &pb.JobReport{Status: pb.Status_STATUS_TIMED_OUT}},
	{&pb.Job{Id: "quick-wlan", Labels: []string{"wlan"}, Resources: []*pb.Demand{{Name: "board-b"}}}, &pb.JobReport{
		Status:   pb.Status_STATUS_FAILED,
		Attempts: []*pb.AttemptReport{{Holds: []*pb.Hold{{Resource: "board-b", Unit: "b7"}}}},
	}},
	{&pb.Job{Id: "new"}, nil},
	{&pb.Job{Id: "a:b", Labels: []string{"x/y"}}, &pb.JobReport{Status: pb.Status_STATUS_NOT_RUN}},
}

func chosen(e *selection.Expr) string {
	var ids []string
	for _, j := range jobs {
		if e.Matches(j.job, j.last) {
			ids = append(ids, j.job.Id)
		}
	}
	return strings.Join(ids, " ")
}

func TestMatches(t *testing.T) {
	tests := []struct{ expr, want string }{
		{"build", "build"},
		{"id:build", "build"},
		{"*", "build slow-wlan quick-wlan new a:b"},
		{"*-wlan", "slow-wlan quick-wlan"},
		{"?ew", "new"},
		{"[ab]*", "build a:b"},
		{"[!a-m]*", "slow-wlan quick-wlan new"},
		{"[]b]uild", "build"},
		{"wlan", ""},
		{"label:wlan", "slow-wlan quick-wlan"},
		{`label:"two words"`, "slow-wlan"},
		{`label:'two words'`, "slow-wlan"},
		{"label:x*", "a:b"},
		{"id:a:b", "a:b"},
		{"label:*", "build slow-wlan quick-wlan a:b"},
		{"not label:*", "new"},
		{"resource:board-a", "slow-wlan"},
		{"resource:board-*", "slow-wlan quick-wlan"},
		{"resource:b7", "quick-wlan"},
		{"status:ok", "build"},
		{"status:timed-out or status:failed", "slow-wlan quick-wlan"},
		{"status:not-*", "a:b"},
		{"status:none", "new"},
		{"not status:ok", "slow-wlan quick-wlan new a:b"},
		{"label:wlan and not slow-*", "quick-wlan"},
		{"build or label:wlan and status:failed", "build quick-wlan"},
		{"(build or label:wlan) and not status:failed", "build slow-wlan"},
		{"not (build or label:wlan)", "new a:b"},
		{"not not build", "build"},
		{"NOT build AND label:host OR new", "new"},
		{"((build))", "build"},
		{"(build)or(new)", "build new"},
		{`"and" or build`, "build"},
		{"id:or", ""},
	}
	for _, tt := range tests {
		t.Run(tt.expr, func(t *testing.T) {
			e, err := selection.Parse(tt.expr)
			if err != nil {
				t.Fatal(err)
			}
			if got := chosen(e); got != tt.want {
				t.Errorf("chose %q, want %q", got, tt.want)
			}
			if e.String() != tt.expr {
				t.Errorf("it reads %q", e)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	const statuses = "blocked, crashed, error, failed, flaky, interrupted, leaky, none, not-ready, not-run, ok, running, skipped, timed-out, unchanged, unrunnable, xfail, xpass"
	tests := []struct {
		expr    string
		column  int
		problem string
	}{
		{"", 1, "it is empty: write a term such as label:wlan"},
		{"  ", 1, "it is empty: write a term such as label:wlan"},
		{"a and", 6, "a term is missing at the end: add one, such as label:wlan"},
		{"and a", 1, `a term is missing before "and": add one, such as label:wlan`},
		{"a or or b", 6, `a term is missing before "or": add one, such as label:wlan`},
		{"not", 4, "a term is missing at the end: add one, such as label:wlan"},
		{"a b", 3, `"b" follows a term: write and or or between them`},
		{"a not b", 3, `"not" follows a term: write and or or between them`},
		{"(a", 1, "( is not closed: add )"},
		{"(a b)", 4, `"b" follows a term: write and or or between them`},
		{"a)", 2, ") has no ( before it: take it out"},
		{"()", 2, `a term is missing before ")": add one, such as label:wlan`},
		{"lable:wlan", 1, "lable: is no kind of term: there are id:, label:, resource:, status: (did you mean label:?)"},
		{"debug:wlan", 1, "debug: is no kind of term: there are id:, label:, resource:, status:; an id with a colon is written id:debug:wlan"},
		{"a or label:", 12, "a text is missing behind label: as in label:*"},
		{`label:"a`, 7, `" is not closed: add another one`},
		{"label:[a", 7, "[ is not closed: add ]"},
		{"label:x[b-a]", 8, "the characters between [ and ] are in the wrong order: write the lower one first"},
		{"status:faild", 8, `no status is called "faild" (did you mean failed?)`},
		{"status:bananas", 8, `no status is called "bananas": there are ` + statuses},
		{"a or status:zz*", 13, `no status is called "zz*": there are ` + statuses},
		{"!a", 1, `'!' is in no id: between terms write and, or, and not before one`},
		{"ä&&b", 2, `'&' is in no id: between terms write and, or, and not before one`},
		{"a,b", 2, `',' is in no id: between terms write and, or, and not before one`},
		{strings.Repeat("(", 300), 102, "it is nested more than 100 deep"},
	}
	for _, tt := range tests {
		t.Run(tt.expr, func(t *testing.T) {
			e, err := selection.Parse(tt.expr)
			got := new(selection.Error)
			if !errors.As(err, &got) {
				t.Fatalf("got %v and the error %v", e, err)
			}
			if diff := cmp.Diff(&selection.Error{Text: tt.expr, Column: tt.column, Problem: tt.problem}, got); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func ExampleParse() {
	_, err := selection.Parse("label:wlan && not slow-*")
	fmt.Println(err)
	// Output: selection "label:wlan && not slow-*", column 12: "&&" follows a term: write and or or between them
}

func TestPruneKeepsWhatIsNeeded(t *testing.T) {
	job := func(id string, needs ...string) *pb.Job {
		j := &pb.Job{Id: id}
		for _, need := range needs {
			j.Needs = append(j.Needs, &pb.Need{Job: need})
		}
		return j
	}
	plan := &pb.Plan{
		Name: "x", Guards: []*pb.Guard{{Id: "g"}},
		Jobs: []*pb.Job{job("top", "mid"), job("base"), job("mid", "base", "missing"), job("other"), job("a", "b"), job("b", "a")},
	}
	tests := []struct{ keep, want string }{
		{"top", "top base mid"}, {"base", "base"}, {"other", "other"}, {"a", "a b"}, {"nobody", ""}, {"mid other", "base mid other"},
	}
	for _, tt := range tests {
		t.Run(tt.keep, func(t *testing.T) {
			before := proto.CloneOf(plan)
			got := selection.Prune(plan, func(j *pb.Job) bool { return strings.Contains(" "+tt.keep+" ", " "+j.Id+" ") })
			var ids []string
			for _, j := range got.Jobs {
				ids = append(ids, j.Id)
			}
			if s := strings.Join(ids, " "); s != tt.want {
				t.Errorf("kept %q, want %q", s, tt.want)
			}
			if got.Name != "x" || len(got.Guards) != 1 {
				t.Errorf("the rest of the plan is gone: %v", got)
			}
			if diff := cmp.Diff(before, plan, protocmp.Transform()); diff != "" {
				t.Errorf("the plan was changed (-want +got):\n%s", diff)
			}
		})
	}
	if got := selection.Prune(nil, nil); len(got.Jobs) != 0 {
		t.Errorf("of no plan: %v", got)
	}
}

// Whatever is given, an expression is one, or the error has a column in it.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a", "label:wlan and not id:slow-*", "(a or b) and [!x-z]*", `label:"x`, "status:zz", "[[]", "[!]", "[a-]", "[\\]", "a:b", "((", "not", "\xff", "[\U00010ffff-a]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := selection.Parse(text)
		if wrong := new(selection.Error); errors.As(err, &wrong) {
			if wrong.Column < 1 || wrong.Column > len([]rune(text))+1 || wrong.Problem == "" {
				t.Errorf("bad error %+v", wrong)
			}
			return
		} else if err != nil {
			t.Fatalf("error of another kind: %v", err)
		}
		chosen(e)
	})
}
