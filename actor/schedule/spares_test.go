package schedule

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

func TestSpares(t *testing.T) {
	tests := []struct {
		name string
		do   func(path string) error // to the folder, before it is given away
		want bool
	}{
		{"an empty one", func(string) error { return nil }, true},
		{"one with a file", func(path string) error { return os.WriteFile(filepath.Join(path, "file"), nil, 0o600) }, false},
		{"one with a hidden folder", func(path string) error { return os.Mkdir(filepath.Join(path, ".folder"), 0o700) }, false},
		{"one of another mode", func(path string) error { return os.Chmod(path, 0o500) }, false},
		{"one that is gone", os.Remove, false},
		{"a link in its place", func(path string) error { return errors.Join(os.Remove(path), os.Symlink(t.TempDir(), path)) }, false},
		{"a file in its place", func(path string) error { return errors.Join(os.Remove(path), os.WriteFile(path, nil, 0o600)) }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			s := newSpares(dir, 1)
			path, other := filepath.Join(dir, "used"), filepath.Join(dir, "next")
			if err := os.Mkdir(path, 0o777); err != nil {
				t.Fatal(err)
			}
			if err := tt.do(path); err != nil {
				t.Fatal(err)
			}
			before, _ := os.Lstat(path)
			if got := s.give(path); got != tt.want {
				t.Fatalf("it is taken away: %v, want %v", got, tt.want)
			}
			if after, _ := os.Lstat(path); !tt.want && before != nil && !os.SameFile(before, after) {
				t.Error("it is not where it was")
			}
			if got := s.take(other); got != tt.want {
				t.Fatalf("the next attempt has it: %v, want %v", got, tt.want)
			}
			if entries, err := os.ReadDir(other); tt.want && (err != nil || len(entries) > 0) {
				t.Errorf("it has %v in it: %v", entries, err)
			}
			s.end()
			if _, err := os.Lstat(s.folder); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the folder of spares is left: %v", err)
			}
		})
	}
}

func TestSparesAreFew(t *testing.T) {
	dir := t.TempDir()
	s := newSpares(dir, 2)
	for i := range 3 {
		path := filepath.Join(dir, fmt.Sprint(i))
		if err := os.Mkdir(path, 0o777); err != nil {
			t.Fatal(err)
		}
		if got := s.give(path); got != (i < 2) {
			t.Errorf("folder %d is taken away: %v", i, got)
		}
	}
}

// Each attempt has folders and a channel of its own, whatever others did with theirs.
func TestFoldersOfManyAttempts(t *testing.T) {
	var p schedulepb.Plan
	for i := range 30 {
		line := `test -z "$(ls -A $ANSAR_OUTPUT $ANSAR_TMP | grep -v :)" && test -p $ANSAR_EVENTS && echo "{\"message\":\"$ANSAR_JOB\",\"payload\":{}}" > $ANSAR_EVENTS`
		switch i % 5 {
		case 1:
			line += " && echo > $ANSAR_OUTPUT/made"
		case 2:
			line += " && echo > $ANSAR_TMP/left"
		case 3:
			line += " && ln $ANSAR_EVENTS $ANSAR_OUTPUT/channel"
		case 4:
			line += " && rmdir $ANSAR_TMP && chmod 500 $ANSAR_OUTPUT"
		}
		p.Jobs = append(p.Jobs, shell(fmt.Sprint(i), line))
	}
	r := runs(t, &p, &Options{Slots: 3})
	for i, j := range r.GetJobs() {
		a := j.GetAttempts()[0]
		if j.GetStatus() != schedulepb.Status_STATUS_OK || len(a.GetMessages()) != 1 || a.GetMessages()[0].GetName() != j.GetId() {
			t.Errorf("job %s: %v, it told %v", j.GetId(), j.GetStatus(), a.GetMessages())
		}
		folder := filepath.Join(r.GetFolder(), jobsFolder, j.GetId(), "1")
		for name, want := range map[string]bool{temporaryFolder: false, eventsFile: false, outputFolder: i%5 == 1 || i%5 == 3} {
			if _, err := os.Lstat(filepath.Join(folder, name)); (err == nil) != want {
				t.Errorf("job %s has %s in the end: %v, want %v", j.GetId(), name, err == nil, want)
			}
		}
	}
	if _, err := os.Lstat(filepath.Join(r.GetFolder(), spareFolder)); err == nil {
		t.Error("spares are left")
	}
}
