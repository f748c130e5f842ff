package formats

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/journal"
)

// wholeFolder is the folder of a run as it is in the end.
func wholeFolder(t *testing.T) (string, *schedulepb.Report) {
	t.Helper()
	s := sampleStory()
	r := s.report()
	folder := runFolder(t, r)
	w, err := journal.Create(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Append(s.events...), w.Close(), WriteAll(folder, r)); err != nil {
		t.Fatal(err)
	}
	return folder, r
}

// unzip reads all files of an archive, by their names below its one folder.
func unzip(t *testing.T, name, folder string) map[string][]byte {
	t.Helper()
	archive, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	files := map[string][]byte{}
	for _, f := range archive.File {
		content, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(content)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		below, ok := strings.CutPrefix(f.Name, filepath.Base(folder)+"/")
		if !ok {
			t.Errorf("%s is not below %s", f.Name, filepath.Base(folder))
		}
		files[below] = text
	}
	return files
}

// The archive has every log, and each (file, offset, size) of the report selects in it
// exactly the text that the attempt printed.
func TestPC9(t *testing.T) {
	folder, r := wholeFolder(t)
	// One file for two streams: each is a part of it.
	both := "jobs/blink-a/1/stdout"
	parts := []string{"to the first stream\n", "to the \x00second\xff one\n", "not of the job\n"}
	if err := os.WriteFile(filepath.Join(folder, both), []byte(strings.Join(parts, "")), 0o644); err != nil {
		t.Fatal(err)
	}
	blink := r.Jobs[1].Attempts[0]
	blink.Outputs = []*schedulepb.JobOutput{
		{Stream: "stdout", File: both, Length: int64(len(parts[0]))},
		{Stream: "stderr", File: both, Offset: int64(len(parts[0])), Length: int64(len(parts[1]))},
	}
	file := filepath.Join(folder, "run.zip") // in the folder itself
	if err := Archive(folder, file); err != nil {
		t.Fatal(err)
	}
	files := unzip(t, file, folder)
	for i, want := range parts[:2] {
		out := blink.Outputs[i]
		if got := string(files[out.File][out.Offset : out.Offset+out.Length]); got != want {
			t.Errorf("%s is %q, want %q", out.Stream, got, want)
		}
	}
	for _, j := range r.Jobs {
		for _, a := range j.Attempts {
			if string(files[a.Log]) != "started\nended\n" {
				t.Errorf("the log %s is %q", a.Log, files[a.Log])
			}
			for _, out := range a.Outputs {
				if int64(len(files[out.File])) < out.Offset+out.Length {
					t.Errorf("%s has %d bytes, and the report names %d", out.File, len(files[out.File]), out.Offset+out.Length)
				}
			}
		}
	}
	wantSums(t, files)
	if loaded, err := Load(file); err != nil || len(loaded.GetJobs()) != len(r.GetJobs()) {
		t.Errorf("the report in the archive: %v", err)
	}
}

// wantSums checks that the checksums are those of all other files.
func wantSums(t *testing.T, files map[string][]byte) {
	t.Helper()
	want := map[string]string{}
	for name, text := range files {
		if name != SumsFile {
			want[name] = fmt.Sprintf("%x", sha256.Sum256(text))
		}
	}
	got := map[string]string{}
	for line := range strings.Lines(string(files[SumsFile])) {
		sum, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		got[name] = sum
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("checksums (-want +got):\n%s", diff)
	}
}

func TestArchiveOfWhatIsNoFile(t *testing.T) {
	folder, _ := wholeFolder(t)
	job := filepath.Join(folder, "jobs", "build", "1")
	odd := "two\nlines"
	if err := errors.Join(
		syscall.Mkfifo(filepath.Join(job, "events"), 0o600), os.Symlink("stdout", filepath.Join(job, "link")),
		os.WriteFile(filepath.Join(job, odd), []byte("x"), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "run.zip")
	if err := Archive(folder, file); err != nil {
		t.Fatal(err)
	}
	files := unzip(t, file, folder)
	if _, there := files["jobs/build/1/events"]; there || string(files["jobs/build/1/link"]) != "stdout" || string(files["jobs/build/1/"+odd]) != "x" {
		t.Error("want no pipe, the link as a link, and the file of an odd name")
	}
	if want := fmt.Sprintf(`\%x  jobs/build/1/two\nlines`, sha256.Sum256([]byte("x"))); !strings.Contains(string(files[SumsFile]), want) {
		t.Errorf("the checksums lack %s", want)
	}
}

func TestArchiveIsWholeOrNotThere(t *testing.T) {
	folder, _ := wholeFolder(t)
	target := t.TempDir()
	file := filepath.Join(target, "run.zip")
	if err := os.WriteFile(file, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(folder, "missing")
	if err := Archive(missing, file); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "archive "+missing) {
		t.Errorf("error %v, want one that matches fs.ErrNotExist and names the folder", err)
	}
	names, err := os.ReadDir(target)
	text, other := os.ReadFile(file)
	if string(text) != "before" || len(names) != 1 || err != nil || other != nil {
		t.Errorf("after the error there is %q beside %d files, %v, %v", text, len(names), err, other)
	}
}

func TestWriteAll(t *testing.T) {
	folder := t.TempDir()
	if err := WriteAll(folder, sample()); err != nil {
		t.Fatal(err)
	}
	var got []string
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %v", e.Name(), info.Mode()))
	}
	want := []string{"junit.xml -rw-r--r--", "report.html -rw-r--r--", "report.json -rw-r--r--", "trace.json -rw-r--r--"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if err := WriteAll(filepath.Join(folder, "missing"), sample()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want one that matches fs.ErrNotExist", err)
	}
}

// A file that cannot be written keeps none of the others from it.
func TestWriteAllWritesWhatItCan(t *testing.T) {
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, PageFile, "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	err := WriteAll(folder, sample())
	if err == nil || !strings.Contains(err.Error(), PageFile) || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v, want one line that names %s", err, PageFile)
	}
	for _, name := range []string{ReportFile, JUnitFile, TraceFile} {
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLoad(t *testing.T) {
	folder, r := wholeFolder(t)
	only := t.TempDir() // the report without the journal
	var text bytes.Buffer
	if err := errors.Join(JSON(&text, r), os.WriteFile(filepath.Join(only, ReportFile), text.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"the folder": folder, "the journal": filepath.Join(folder, journal.File), "the file": filepath.Join(folder, ReportFile), "a folder without journal": only,
	} {
		got, err := Load(path)
		if diff := cmp.Diff(r, got, protocmp.Transform()); diff != "" || err != nil {
			t.Errorf("%s: error %v (-want +got):\n%s", name, err, diff)
		}
	}
	for name, path := range map[string]string{
		"another file": filepath.Join(folder, TraceFile+"x"), "no such file": filepath.Join(folder, "missing"), "an empty folder": t.TempDir(),
	} {
		if _, err := Load(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: error %v, want one that matches fs.ErrNotExist", name, err)
		}
	}
	if _, err := Load(filepath.Join(folder, JUnitFile)); err == nil || !strings.Contains(err.Error(), JUnitFile+": read report: ") {
		t.Errorf("of a file that is no report: %v", err)
	}
	if _, err := Load(noReport(t)); err == nil || !strings.Contains(err.Error(), "is it the archive of a run?") {
		t.Errorf("of an archive without report: %v", err)
	}
}

func noReport(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "other.zip")
	if err := Archive(filepath.Dir(file), file); err != nil {
		t.Fatal(err)
	}
	return file
}
