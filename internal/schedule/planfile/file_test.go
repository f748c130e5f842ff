package planfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/ansar-go/ansar/internal/schedule/planfile"
)

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "nightly.yaml")
	if err := os.WriteFile(path, []byte("jobs: [{id: a}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := planfile.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if f.Plan.Name != "nightly" || f.Dir != dir || f.Path != path || f.Where("jobs[0].id") != 1 {
		t.Errorf("got the plan %q of %s in %s", f.Plan.Name, f.Path, f.Dir)
	}
}

func TestReadWhatIsNot(t *testing.T) {
	_, err := planfile.Read(filepath.Join(t.TempDir(), "absent.yaml"))
	if !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "read plan: ") {
		t.Errorf("got the error %v", err)
	}
}

func TestReadStandardInput(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	was := os.Stdin
	os.Stdin = r
	t.Cleanup(func() { os.Stdin = was; r.Close() })
	if _, err := w.WriteString("jobs: [{id: a, ip: 1}]\n"); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if _, err := planfile.Read("-"); err == nil || err.Error() != "standard input:1: jobs[0].ip: no such field (did you mean id?)" {
		t.Errorf("got the error %v", err)
	}
}

// A file of more than 100 MB is refused before it is looked at. It is sparse.
func TestReadTooLong(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large.yaml")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(planfile.SizeMost + 1); err != nil {
		t.Fatal(err)
	}
	f.Close()
	want := path + ": the file is longer than 100 MB: split the plan"
	if _, err := planfile.Read(path); err == nil || err.Error() != want {
		t.Errorf("got the error %v, want %s", err, want)
	}
}

// What is written is read as the same, whatever is in it.
func TestWriteIsRead(t *testing.T) {
	want := plan(t, `name: "x" jobs {id: "a" timeout {seconds: 90 nanos: 5} isolation: ISOLATION_IN_PROCESS
		call {executable: "x" input {fields {key: "a" value {number_value: 1.5}} fields {key: "b" value {null_value: NULL_VALUE}}}
		input_message {[type.googleapis.com/ansar.schedule.v1.Unit] {name: "u"}}
		settings_message {type_url: "type.googleapis.com/not.Known" value: "\x01\x02"}}}
		exit_statuses {status: 3 means: STATUS_SKIPPED} environment {key: "é\n" value: "\"\\"} limits {failure_ratio: 0.5 memory_bytes: 18446744073709551615}`)
	text := planfile.Write(want)
	if diff := cmp.Diff(want, parse(t, "plan.json", string(text)).Plan, protocmp.Transform()); diff != "" {
		t.Errorf("plan (-want +got):\n%s\nof %s", diff, text)
	}
	if again := planfile.Write(proto.CloneOf(want)); string(again) != string(text) {
		t.Errorf("written twice, it is different:\n%s\n%s", text, again)
	}
}
