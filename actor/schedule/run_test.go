package schedule

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRunOfCommands(t *testing.T) {
	r := runs(t, plan(
		shell("ok", "echo hello; echo oops >&2; echo '{\"n\": 3}' > $ANSAR_RESULT"),
		shell("fails", "exit 3"),
		shell("after", "cat $ANSAR_NEEDS", needs("ok")),
		shell("blocked", "true", needs("fails")),
		shell("skips", "exit 125"),
	), nil)
	want := map[string]string{"ok": "ok", "fails": "failed", "after": "ok", "blocked": "blocked", "skips": "skipped"}
	if diff := cmp.Diff(want, statuses(r)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
		dump(t, r)
	}
	if got := r.GetExitStatus(); got != 1 {
		t.Errorf("exit status %d, want 1", got)
	}
	if got := jobOf(t, r, "ok").GetValue().GetJson(); got != `{"n":3}` {
		t.Errorf("value %q", got)
	}
}
