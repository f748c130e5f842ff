package schedule

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An artefact that was not declared is said in the log of its job and in the report,
// once for each name.
func TestUndeclaredArtefact(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "run")
	r := runs(t, plan(
		shell("build", `for a in known odd odd; do echo "{\"artefact\": \"$a\"}" > $ANSAR_EVENTS; done`, artefacts("known")),
		plays("call", "artefact:strange"),
	), &Options{Folder: folder})
	var warnings []string
	for _, w := range r.GetWarnings() {
		if strings.Contains(w, "declare") {
			warnings = append(warnings, w)
		}
	}
	if len(warnings) != 2 {
		t.Errorf("warnings %q, want one for odd and one for strange", warnings)
	}
	for id, artefact := range map[string]string{"build": "odd", "call": "strange"} {
		if j := jobOf(t, r, id); j.GetStatus().Name() != "ok" {
			t.Errorf("%s is %s: %s", id, j.GetStatus().Name(), j.GetCause().GetText())
		}
		log, err := os.ReadFile(filepath.Join(folder, "jobs", id, "1", "log"))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(string(log), "announced artefact "+artefact+", which it does not declare"); got != 1 || strings.Count(string(log), "declare") != 1 {
			t.Errorf("the log of %s says it %d times, want once:\n%s", id, got, log)
		}
	}
}
