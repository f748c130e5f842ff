package fingerprint

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func compile() *schedulepb.Job {
	return &schedulepb.Job{
		Id: "compile", Work: &schedulepb.Job_Command{Command: &schedulepb.Command{Argv: []string{"cc", "a.c"}}},
		Fingerprint: &schedulepb.Fingerprint{Files: []string{"*.c", "include/**"}, Environment: []string{"FINGERPRINT_CC"}},
	}
}

func TestKeyChangesWithWhatCounts(t *testing.T) {
	tests := []struct {
		name   string
		change func(t *testing.T, dir string, job *schedulepb.Job, needs map[string]string)
		want   string // what Difference says
	}{
		{"nothing", func(*testing.T, string, *schedulepb.Job, map[string]string) {}, ""},
		{"a priority", func(_ *testing.T, _ string, j *schedulepb.Job, _ map[string]string) { j.Priority = new(int32(3)) }, ""},
		{"a file that is none of it", func(t *testing.T, dir string, _ *schedulepb.Job, _ map[string]string) { write(t, dir, "b.o", "x") }, ""},
		{"a content", func(t *testing.T, dir string, _ *schedulepb.Job, _ map[string]string) { write(t, dir, "a.c", "other") }, "files"},
		{"a new file", func(t *testing.T, dir string, _ *schedulepb.Job, _ map[string]string) { write(t, dir, "b.c", "") }, "files"},
		{"a file deep down", func(t *testing.T, dir string, _ *schedulepb.Job, _ map[string]string) {
			write(t, dir, "include/x/y/z.h", "z")
		}, "files"},
		{"a variable", func(t *testing.T, _ string, _ *schedulepb.Job, _ map[string]string) {
			t.Setenv("FINGERPRINT_CC", "clang")
		}, "environment"},
		{"an argument", func(_ *testing.T, _ string, j *schedulepb.Job, _ map[string]string) {
			j.GetCommand().Argv = append(j.GetCommand().Argv, "-g")
		}, "job"},
		{"a need", func(_ *testing.T, _ string, _ *schedulepb.Job, needs map[string]string) { needs["configure"] = "k2" }, "needs"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "a.c", "int a;")
			write(t, dir, "include/a.h", "")
			j, needs := compile(), map[string]string{"configure": "k1"}
			before, _, err := Key(t.Context(), j, dir, needs)
			if err != nil || before == "" {
				t.Fatalf("key %q, %v", before, err)
			}
			tt.change(t, dir, j, needs)
			after, _, err := Key(t.Context(), j, dir, needs)
			if err != nil {
				t.Fatal(err)
			}
			if got := Difference(before, after); got != tt.want {
				t.Errorf("changed: %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNoKey(t *testing.T) {
	if key, why, err := Key(t.Context(), &schedulepb.Job{}, "", nil); key != "" || why == "" || err != nil {
		t.Errorf("without a fingerprint: %q, %q, %v", key, why, err)
	}
	if key, why, err := Key(t.Context(), compile(), t.TempDir(), map[string]string{"a": ""}); key != "" || why != "it needs a, which has no fingerprint" || err != nil {
		t.Errorf("with a need that has none: %q, %q, %v", key, why, err)
	}
	bad := compile()
	bad.Fingerprint.Files = []string{"["}
	if _, _, err := Key(t.Context(), bad, t.TempDir(), nil); err == nil {
		t.Error("a bad pattern is no error")
	}
}

func TestStoreKeeps(t *testing.T) {
	dir := t.TempDir()
	s, j := Store{Folder: filepath.Join(dir, "store")}, compile()
	if got := s.Load(j, dir); got != nil {
		t.Errorf("an empty store has %v", got)
	}
	want := &Stored{
		Key: "k", Status: schedulepb.Status_STATUS_FLAKY, Value: &schedulepb.Value{Type: "x.Y", Payload: []byte{0, 1, 2}},
		Artefacts: []*schedulepb.ArtefactReady{{Name: "a", Value: "b"}},
	}
	if err := s.Save("compile", want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, s.Load(j, dir), protocmp.Transform()); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	j.Fingerprint.Outputs = []string{"a.o"}
	if got := s.Load(j, dir); got != nil {
		t.Error("its output is not there, and it counts")
	}
	write(t, dir, "a.o", "")
	if s.Load(j, dir) == nil {
		t.Error("its output is there, and it does not count")
	}
	if err := s.Drop("compile"); err != nil {
		t.Fatal(err)
	}
	if err := s.Drop("compile"); err != nil {
		t.Errorf("Drop of nothing: %v", err)
	}
	if s.Load(j, dir) != nil {
		t.Error("what was dropped is there")
	}
}

// Whatever is changed in a file of the store, it counts as none.
func TestStoreTrustsNoDamage(t *testing.T) {
	dir := t.TempDir()
	s, j := Store{Folder: dir}, compile()
	if err := s.Save("compile", &Stored{Key: "k", Status: schedulepb.Status_STATUS_OK, Value: &schedulepb.Value{Json: "{}"}}); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(dir, "compile.json"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(whole) - 2 {
		damaged := append([]byte(nil), whole...)
		damaged[i] ^= 1
		write(t, dir, "compile.json", string(damaged))
		if got := s.Load(j, dir); got != nil {
			t.Errorf("with byte %d changed: %s", i, damaged)
		}
		write(t, dir, "compile.json", string(whole[:i]))
		if got := s.Load(j, dir); got != nil {
			t.Errorf("cut at byte %d it counts", i)
		}
	}
	other := compile()
	other.Id = "other"
	write(t, dir, "other.json", string(whole))
	if s.Load(other, dir) != nil {
		t.Error("the file of another job counts")
	}
}
