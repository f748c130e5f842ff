package logstore

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func open(t testing.TB, folder string, budget int64) *Writer {
	t.Helper()
	w, err := Open(folder, budget)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() }) // the test may have closed it
	return w
}

// at returns a time of the day that all tests are set in.
func at(clock string) time.Time {
	t, err := time.Parse("2006-01-02T15:04:05.999999999", "2020-11-07T"+clock)
	if err != nil {
		panic(err)
	}
	return t
}

func lineAt(t time.Time, text string) []byte {
	return fmt.Appendf(stampAt(t).append(nil), "^ <00000009>noop - %s\n", text)
}

func write(t testing.TB, w *Writer, lines ...[]byte) {
	t.Helper()
	for _, line := range lines {
		if _, err := w.Write(line); err != nil {
			t.Fatal(err)
		}
	}
}

// stored returns the lines of a folder, oldest first.
func stored(t testing.TB, folder string) []string {
	t.Helper()
	var all []byte
	for _, path := range paths(t, folder) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, data...)
	}
	return slices.Collect(strings.Lines(string(all)))
}

// paths returns the segments of a folder, oldest first.
func paths(t testing.TB, folder string) []string {
	t.Helper()
	names, err := oldNames(folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(currentPath(folder)); err == nil {
		names = append(names, currentName)
	}
	for i := range names {
		names[i] = filepath.Join(folder, names[i])
	}
	return names
}

func texts(lines []string) (list []string) {
	for _, line := range lines {
		_, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " - ")
		list = append(list, text)
	}
	return list
}

func TestLinesAreKeptAcrossRotations(t *testing.T) {
	folder := t.TempDir()
	w := open(t, folder, 0)
	begin := at("10:00:00")
	var want []string
	for i := range 20_000 {
		line := lineAt(begin.Add(time.Duration(i)*time.Millisecond), fmt.Sprint(i))
		want = append(want, string(line))
		write(t, w, line)
	}
	if diff := cmp.Diff(want, stored(t, folder)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if n := len(paths(t, folder)); n < 5 {
		t.Errorf("%d segments, want many", n)
	}
}

func TestBatchesAreCutAtLines(t *testing.T) {
	folder := t.TempDir()
	w := open(t, folder, 64<<10) // segments of 4 KiB
	var batch []byte
	for i := range 500 {
		batch = append(batch, lineAt(at("10:00:00").Add(time.Duration(i)*time.Millisecond), fmt.Sprint(i))...)
	}
	if err := w.WriteBatch(batch); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(stored(t, folder), ""); got != string(batch) {
		t.Errorf("batch of %d bytes came back as %d", len(batch), len(got))
	}
	for _, path := range paths(t, folder) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > 4<<10 || !bytes.HasSuffix(data, []byte("\n")) {
			t.Errorf("%s has %d bytes and ends with %q", filepath.Base(path), len(data), data[max(0, len(data)-5):])
		}
	}
}

func TestBudgetIsKeptByTheOldest(t *testing.T) {
	for _, budget := range []int64{1, 64 << 10, 300_000, 4_000_000} {
		t.Run(fmt.Sprint(budget), func(t *testing.T) {
			folder := t.TempDir()
			w := open(t, folder, budget)
			last := 0
			for written := int64(0); written < 2*max(budget, 64<<10); {
				var batch []byte
				for range 100 {
					last++
					batch = append(batch, lineAt(at("10:00:00").Add(time.Duration(last)*time.Millisecond), fmt.Sprint(last))...)
				}
				if err := w.WriteBatch(batch); err != nil {
					t.Fatal(err)
				}
				written += int64(len(batch))
			}
			lines := stored(t, folder)
			total := 0
			for _, line := range lines {
				total += len(line)
			}
			if budget := int(max(budget, 64<<10)); total > budget || total < budget*3/4 {
				t.Errorf("%d bytes are kept of a budget of %d", total, budget)
			}
			if got, want := texts(lines[len(lines)-1:]), []string{fmt.Sprint(last)}; !slices.Equal(got, want) {
				t.Errorf("last line %v, want %v", got, want)
			}
		})
	}
}

func TestTornLineIsEnded(t *testing.T) {
	folder := t.TempDir()
	w := open(t, folder, 0)
	write(t, w, lineAt(at("10:00:00"), "whole"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(currentPath(folder), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("2020-11-07T10:00:01.000 ^ <00000009>noop - to"); err != nil {
		t.Fatal(err)
	}
	f.Close()
	write(t, open(t, folder, 0), lineAt(at("10:00:02"), "after"))
	if diff := cmp.Diff([]string{"whole", "to", "after"}, texts(stored(t, folder))); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestClockThatIsPutBackBeginsASegment(t *testing.T) {
	folder := t.TempDir()
	w := open(t, folder, 0)
	future := time.Now().Add(time.Hour)
	write(t, w, lineAt(future, "ahead"), lineAt(time.Now(), "right"), lineAt(time.Now(), "again"))
	if n := len(paths(t, folder)); n != 2 {
		t.Errorf("%d segments, want 2", n)
	}
	if diff := cmp.Diff([]string{"ahead", "right", "again"}, texts(stored(t, folder))); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestLateLineGetsTheTimeOfItsArrival(t *testing.T) {
	folder := t.TempDir()
	w := open(t, folder, 0)
	now := time.Now()
	write(t, w, lineAt(now, "now"), lineAt(now.Add(-time.Second/2), "a little late"), lineAt(now.Add(-time.Hour), "late"))
	lines := stored(t, folder)
	if diff := cmp.Diff([]string{"now", "a little late", "late"}, texts(lines)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if n := len(paths(t, folder)); n != 1 {
		t.Errorf("%d segments, want 1", n)
	}
	late, _ := stampOf([]byte(lines[2]))
	if late.before(stampAt(now.Add(-time.Millisecond))) {
		t.Errorf("the late line has the time %s, want that of its arrival", late.append(nil))
	}
}

func TestLongLineIsKeptWhole(t *testing.T) {
	folder := t.TempDir()
	w := open(t, folder, 4<<20)
	long := strings.Repeat("x", 1<<20)
	write(t, w, lineAt(at("10:00:00"), "before"), lineAt(at("10:00:01"), long), lineAt(at("10:00:02"), "after"))
	got := texts(stored(t, folder))
	if want := []string{"before", long, "after"}; !slices.Equal(got, want) {
		t.Errorf("%d lines, want the long one between two others", len(got))
	}
}

func TestRemovedFileIsBegunAgain(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "noop-0")
	w := open(t, folder, 0)
	write(t, w, lineAt(at("10:00:00"), "gone"))
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	write(t, w, lineAt(at("10:00:01"), "kept"))
	if diff := cmp.Diff([]string{"kept"}, texts(stored(t, folder))); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// Where all that is around the log is moved away, the log goes with it, and
// nothing is made where it was.
func TestLogOfAMovedHomeGoesOn(t *testing.T) {
	top := t.TempDir()
	w := open(t, filepath.Join(top, "home", "noop-0"), 64<<10)
	write(t, w, lineAt(at("10:00:00"), "before"))
	if err := os.Rename(filepath.Join(top, "home"), filepath.Join(top, "moved")); err != nil {
		t.Fatal(err)
	}
	want := []string{"before"}
	for i := range 2000 { // more than its budget
		want = append(want, fmt.Sprintf("%060d", i))
		write(t, w, lineAt(at("10:00:01").Add(time.Duration(i)*time.Second), want[i+1]))
	}
	if diff := cmp.Diff(want, texts(stored(t, filepath.Join(top, "moved", "noop-0")))); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if left, err := os.ReadDir(top); len(left) != 1 {
		t.Errorf("there are %v, %v; want what was moved alone", left, err)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	folder := t.TempDir()
	if err := os.Mkdir(currentPath(folder), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Open(folder, 0)
	if want := "open log: " + currentPath(folder) + " is no file: remove it"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestClosedWriterRefuses(t *testing.T) {
	w := open(t, t.TempDir(), 0)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(lineAt(at("10:00:00"), "late")); !errors.Is(err, os.ErrClosed) {
		t.Errorf("write after close: %v, want %v", err, os.ErrClosed)
	}
	if err := w.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("close after close: %v, want %v", err, os.ErrClosed)
	}
}
