package formats

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// What failed in an interrupted run is not buried below all that never ran.
func TestTableCountsManyJobsThatNeverRan(t *testing.T) {
	r := &schedulepb.Report{Totals: map[string]uint32{"failed": 1, "not-run": few + 1}}
	for i := range few + 2 {
		status := schedulepb.Status_STATUS_NOT_RUN
		if i == few {
			status = schedulepb.Status_STATUS_FAILED
		}
		r.Jobs = append(r.Jobs, &schedulepb.JobReport{Id: fmt.Sprintf("job-%d", i), Status: status})
	}
	for _, all := range []bool{false, true} {
		var text strings.Builder
		if err := Table(&text, r, &TableOptions{Fine: all}); err != nil {
			t.Fatal(err)
		}
		rows, counted := strings.Count(text.String(), "\nnot-run"), strings.Contains(text.String(), "and 21 jobs whose turn never came\n")
		if !strings.Contains(text.String(), "\nfailed") || all != (rows == few+1) || counted == all {
			t.Errorf("all %v: %d rows of jobs that never ran, counted %v:\n%s", all, rows, counted, text.String())
		}
	}
}
