package schedule

import (
	"strings"
	"testing"
)

// A job whose output cannot be kept ends as it ended, and says so, in the journal and
// in the report.
func TestOutputThatCannotBeKept(t *testing.T) {
	block := `mkdir "${ANSAR_LOG%/log}/stdout"; echo hello; `
	r := runs(t, plan(shell("fine", block+"true"), shell("fails", block+"exit 3"), shell("whole", "echo hello")), nil)
	for _, report := range []string{"of the run", "of its journal"} {
		if report != "of the run" {
			var err error
			if r, err = Report(r.GetFolder()); err != nil {
				t.Fatal(err)
			}
		}
		for _, tt := range []struct{ id, status, cause string }{
			{"fine", "ok", "log of job fine attempt 1 is not complete: "}, {"fails", "failed", "exit status 3"}, {"whole", "ok", ""},
		} {
			j := jobOf(t, r, tt.id)
			for _, cause := range []string{j.GetCause().GetText(), j.GetAttempts()[0].GetCause().GetText()} {
				if j.GetStatus().Name() != tt.status || !strings.HasPrefix(cause, tt.cause) || (cause == "") != (tt.cause == "") {
					t.Errorf("report %s: job %s is %s: %q, want %s: %s", report, tt.id, j.GetStatus().Name(), cause, tt.status, tt.cause)
				}
			}
		}
		warnings := strings.Join(r.GetWarnings(), "\n")
		for _, id := range []string{"fine", "fails"} {
			if !strings.Contains(warnings, "job "+id+": log of job "+id+" attempt 1 is not complete: ") {
				t.Errorf("report %s: warnings %q lack job %s", report, warnings, id)
			}
		}
		if len(r.GetWarnings()) != 2 {
			t.Errorf("report %s: warnings %q", report, warnings)
		}
	}
}
