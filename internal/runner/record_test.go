package runner

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/home"
)

// The lines between the begin of a run and that of the next are those of the run,
// the one that says that its process was started included.
func TestRunBeginsBeforeItsLines(t *testing.T) {
	r := newRole(t)
	spec := r.counting("exit 0")
	spec.Restart = quickly(Always, 40)
	r.start(spec)
	r.await()
	runs := r.runs()
	if len(runs) != 41 {
		t.Fatalf("%d runs", len(runs))
	}
	folder, err := r.home.Folder(home.Logs, "web")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(folder, "log.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range runs {
		said := fmt.Sprintf("Started process (%d)\n", runs[i].PID)
		before, _, found := bytes.Cut(text, []byte(said))
		line := before[bytes.LastIndexByte(before, '\n')+1:]
		if !found || len(line) < 23 {
			t.Fatalf("no line %q", said)
		}
		at, err := time.Parse("2006-01-02T15:04:05.000", string(line[:23]))
		if err != nil {
			t.Fatal(err)
		}
		if runs[i].Started.After(at) {
			t.Errorf("run %d began at %v, after its first line of %v", i, runs[i].Started, at)
		}
	}
}

// The history has the digest of the program that each run was: one that is replaced
// is another.
func TestDigestOfPrograms(t *testing.T) {
	program := filepath.Join(t.TempDir(), "program")
	first, second := "#!/bin/sh\nprintf '#!/bin/sh\\n' > $0.new; chmod 700 $0.new; mv $0.new $0\n", "#!/bin/sh\n"
	if err := os.WriteFile(program, []byte(first), 0o700); err != nil {
		t.Fatal(err)
	}
	r := newRole(t)
	spec := r.shell("")
	spec.Program.Path, spec.Program.Args = program, nil
	spec.Restart = quickly(Always, 1)
	r.start(spec)
	r.await()
	for i, run := range r.runs() {
		want := fmt.Sprintf("sha256:%x", sha256.Sum256([]byte([]string{first, second}[i])))
		if run.Digest != want {
			t.Errorf("run %d of %q, want %q", i, run.Digest, want)
		}
	}
}
