package schedule

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// A command finds in its environment what it is and what it holds.
func TestEnvironmentOfACommand(t *testing.T) {
	shows := shell("shows", `for v in RUN RUN_FOLDER JOB ATTEMPT SLOT SEED DEADLINE OUTPUT TMP LOG EVENTS RESULT NEEDS UNITS UNIT_TEST_BOARD; do
	eval "echo $v=\$ANSAR_$v"; done; echo TMPDIR=$TMPDIR A=$A B=$B C=$C; test -d $ANSAR_OUTPUT -a -d $TMPDIR -a -p $ANSAR_EVENTS`, needs("first"))
	shows.Environment = map[string]string{"A": "job", "B": "job"}
	shows.GetCommand().Environment = map[string]string{"B": "command"}
	shows.Resources = []*schedulepb.Demand{{Name: "test-board", Amount: new(uint32(2))}}
	p := plan(shell("first", "true"), shows)
	p.Environment = map[string]string{"A": "plan", "C": "plan"}
	p.Resources = []*schedulepb.Resource{{Name: "test-board", Capacity: new(uint32(2))}}
	r := runs(t, p, &Options{Seed: 42})
	if got := statuses(r)["shows"]; got != "ok" {
		t.Errorf("status %s", got)
	}
	folder := filepath.Join(r.GetFolder(), "jobs", "shows", "1")
	text, err := os.ReadFile(filepath.Join(folder, "stdout"))
	if err != nil {
		t.Fatal(err)
	}
	deadline := jobOf(t, r, "shows").GetAttempts()[0].GetStarted() // there is one: see below
	got := strings.Split(strings.TrimSpace(string(text)), "\n")
	want := []string{
		"RUN=" + r.GetRun(), "RUN_FOLDER=" + r.GetFolder(), "JOB=shows", "ATTEMPT=1", "SLOT=0", "SEED=42", "DEADLINE=",
		"OUTPUT=" + folder + "/output", "TMP=" + folder + "/tmp", "LOG=" + folder + "/log", "EVENTS=" + folder + "/events",
		"RESULT=" + folder + "/result.json", "NEEDS=" + folder + "/needs.json", "UNITS=test-board.0,test-board.1",
		"UNIT_TEST_BOARD=test-board.0,test-board.1", "TMPDIR=" + folder + "/tmp A=job B=command C=plan",
	}
	for i, line := range got {
		if value, ok := strings.CutPrefix(line, "DEADLINE="); ok && value != "" && deadline != nil {
			got[i] = "DEADLINE="
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
}

// Whatever a job prints, its bytes are kept and the reports are well-formed.
func TestEC20(t *testing.T) {
	raw := "control \x00\x01\x1b[31m, invalid \xff\xfe UTF-8, ]]> & <tag>\n"
	file := filepath.Join(t.TempDir(), "raw")
	if err := os.WriteFile(file, []byte(raw), 0o666); err != nil {
		t.Fatal(err)
	}
	r := runs(t, plan(shell("prints", "cat "+file+"; cat "+file+" >&2; exit 1")), nil)
	for _, stream := range []string{"stdout", "stderr"} {
		got, err := os.ReadFile(filepath.Join(r.GetFolder(), "jobs", "prints", "1", stream))
		if err != nil || string(got) != raw {
			t.Errorf("%s: %q, %v", stream, got, err)
		}
	}
	junit, err := os.Open(filepath.Join(r.GetFolder(), "junit.xml"))
	if err != nil {
		t.Fatal(err)
	}
	defer junit.Close()
	for decoder := xml.NewDecoder(junit); ; {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("junit.xml: %v", err)
		}
	}
}

// Each attempt has its line in the log of the run, in the order of the starts.
func TestRunLogNamesTheLogs(t *testing.T) {
	r := runs(t, plan(shell("a", "true"), shell("b", "exit 1", needs("a"), retries(1)), plays("c", "")), &Options{Slots: 1})
	text, err := os.ReadFile(filepath.Join(r.GetFolder(), "run.log"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(string(text)) {
		if _, link, ok := strings.Cut(line, "log at "); ok {
			got = append(got, strings.TrimSpace(link))
		}
	}
	want := []string{"jobs/a/1/log", "jobs/b/1/log", "jobs/b/2/log", "jobs/c/1/log"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("links (-want +got):\n%s\n%s", diff, text)
	}
	for _, link := range got {
		log, err := os.ReadFile(filepath.Join(r.GetFolder(), link))
		if err != nil || !strings.Contains(string(log), "run.log") {
			t.Errorf("%s does not name the log of the run: %v\n%s", link, err, log)
		}
	}
	if target, err := os.Readlink(filepath.Join(filepath.Dir(r.GetFolder()), "latest")); err != nil || target != filepath.Base(r.GetFolder()) {
		t.Errorf("latest is %q, %v", target, err)
	}
}

// Folders that were made ahead and not needed are gone in the end.
func TestFoldersOfJobsThatNeverRan(t *testing.T) {
	r := runs(t, plan(shell("fails", "exit 1"), shell("blocked", "true", needs("fails")), shell("too", "true", needs("blocked"))), nil)
	entries, err := os.ReadDir(filepath.Join(r.GetFolder(), "jobs"))
	if err != nil || len(entries) != 1 || entries[0].Name() != "fails" {
		t.Errorf("folders %v, %v", entries, err)
	}
}
