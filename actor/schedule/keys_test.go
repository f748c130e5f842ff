package schedule

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

func fingerprinted(files ...string) func(*schedulepb.Job) {
	return func(j *schedulepb.Job) { j.Fingerprint = &schedulepb.Fingerprint{Files: files} }
}

// endless makes a file in dir that takes a day to read, and little room.
func endless(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, "endless")
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 1<<42); err != nil {
		t.Skip(err) // no sparse files of that size here
	}
}

// However many jobs wait for their fingerprints, few files are open for them, and a run that is
// interrupted does not wait for any.
func TestManyFingerprints(t *testing.T) {
	dir := t.TempDir()
	endless(t, dir)
	jobs := []*schedulepb.Job{shell("meanwhile", "sleep 0.3")}
	for i := range 300 {
		jobs = append(jobs, shell(fmt.Sprint("job-", i), "true", fingerprinted("endless")))
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	few := limit
	few.Cur = 120
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &few); err != nil {
		t.Fatal(err)
	}
	defer syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
	control := new(Control)
	var asking sync.WaitGroup
	var asked time.Time
	r, err := tries(t, context.Background(), plan(jobs...), &Options{
		Dir: dir, Slots: 4, Control: control, Events: func(e *schedulepb.Event) {
			if e.GetJobFinished() != nil && e.GetJob() == "meanwhile" {
				asking.Go(func() { asked = time.Now(); _ = control.Interrupt("enough") })
			}
		},
	})
	asking.Wait()
	if err != nil || r.GetExitStatus() != 130 || time.Since(asked) > time.Second+hurry {
		t.Errorf("exit status %d, %v, %v after the interrupt", r.GetExitStatus(), err, time.Since(asked))
	}
	if len(r.GetWarnings()) > 0 {
		t.Errorf("%d warnings: %v", len(r.GetWarnings()), r.GetWarnings()[0])
	}
	if status := statuses(r)["meanwhile"]; status != "ok" {
		t.Errorf("a job without a fingerprint ended %s", status)
	}
}
