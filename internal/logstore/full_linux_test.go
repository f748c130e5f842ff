package logstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// small mounts a file system of so many bytes. Without the right to do so, there is
// no test.
func small(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	err := syscall.Mount("small", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=755", size))
	if errors.Is(err, syscall.EPERM) {
		t.Skip("mounting is not permitted here")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) }) // the folder cannot be removed otherwise, and that is told
	return dir
}

func numbered(i int) []byte {
	return lineAt(at("10:00:00").Add(time.Duration(i)*time.Millisecond), fmt.Sprintf("%07d %s", i, strings.Repeat("x", 40)))
}

// checkNewest checks that the lines that are stored have no gap and no torn one
// among them, and end with the last.
func checkNewest(t *testing.T, folder string, last int) int {
	t.Helper()
	lines := read(t, nil, Source{Folder: folder})
	if len(lines) == 0 {
		t.Fatal("no line is left")
	}
	first := last - len(lines) + 1
	for i, line := range lines {
		if want := strings.TrimSuffix(string(numbered(first+i)), "\n"); line != want {
			t.Fatalf("line %d of %d is %q, want %q", i, len(lines), line, want)
		}
	}
	return len(lines)
}

func TestFullDiskCostsTheOldest(t *testing.T) {
	folder := filepath.Join(small(t, 2<<20), "noop-0")
	w := open(t, folder, 0)
	const last = 50_000 // 5 MB
	for i := range last + 1 {
		write(t, w, numbered(i))
	}
	if n := checkNewest(t, folder, last); n < 10_000 {
		t.Errorf("%d lines are left of a disk for 20,000", n)
	}
	if lost := w.Lost(); lost != (Lost{}) {
		t.Errorf("%d lines are lost, want none", lost.Lines)
	}
}

func TestFullDiskCostsTheOldestOfBatches(t *testing.T) {
	folder := filepath.Join(small(t, 2<<20), "noop-0")
	w := open(t, folder, 0)
	last := -1
	for range 1000 {
		var batch []byte
		for range 100 {
			last++
			batch = append(batch, numbered(last)...)
		}
		if err := w.WriteBatch(batch); err != nil {
			t.Fatal(err)
		}
	}
	if n := checkNewest(t, folder, last); n < 10_000 {
		t.Errorf("%d lines are left of a disk for 20,000", n)
	}
}

// fill leaves no room on the disk that a folder is on, and returns what gives it
// back.
func fill(t *testing.T, dir string) (free func()) {
	t.Helper()
	path := filepath.Join(dir, "filler")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	return func() {
		f.Close()
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLogGoesOnWhereOthersFillTheDisk(t *testing.T) {
	dir := small(t, 2<<20)
	folder := filepath.Join(dir, "noop-0")
	w := open(t, folder, 0)
	for i := range 10_000 { // 1 MB
		write(t, w, numbered(i))
	}
	defer fill(t, dir)()
	const last = 30_000
	for i := 10_000; i <= last; i++ {
		write(t, w, numbered(i))
	}
	if n := checkNewest(t, folder, last); n < 5000 {
		t.Errorf("%d lines are left of 10,000 before the disk was full", n)
	}
}

// A disk that is full when the log is opened keeps no role from starting. What is
// lost is counted, and told of when there is room.
func TestWhatIsLostIsCountedAndTold(t *testing.T) {
	dir := small(t, 1<<20)
	folder := filepath.Join(dir, "noop-0")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	free := fill(t, dir)
	w := open(t, folder, 0)
	lost, bytes := 0, 0
	for i := range 100 {
		if _, err := w.Write(numbered(i)); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("write to a full disk: %v, want %v", err, syscall.ENOSPC)
		}
		lost++
		bytes += len(numbered(i))
	}
	if err := w.WriteBatch(append(numbered(100), numbered(101)...)); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("write to a full disk: %v, want %v", err, syscall.ENOSPC)
	}
	lost, bytes = lost+2, bytes+2*len(numbered(0))
	if got, want := w.Lost(), (Lost{int64(lost), int64(bytes)}); got != want {
		t.Errorf("%+v are lost, want %+v", got, want)
	}
	free()
	write(t, w, numbered(102), numbered(103))
	lines := read(t, nil, Source{Folder: folder})
	if len(lines) != 3 {
		t.Fatalf("%d lines, want the notice and two", len(lines))
	}
	fields := Line{Text: []byte(lines[0])}.Fields()
	if want := fmt.Sprintf("log: lost %d line(s), %d bytes: no space left on device", lost, bytes); fields.Text != want || fields.Tag != '?' || fields.Name != "noop-0" {
		t.Errorf("the first line is %q, want a warning with the text %q", lines[0], want)
	}
}

// A line that did not fit in is ended as soon as there is room, and nothing comes
// between.
func TestHalfALineIsFinished(t *testing.T) {
	dir := small(t, 1<<20)
	folder := filepath.Join(dir, "noop-0")
	w := open(t, folder, 0)
	write(t, w, numbered(0)) // has its block
	free := fill(t, dir)
	long := strings.Repeat("x", 20_000)
	if _, err := w.Write(lineAt(at("10:00:01"), long)); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("write of 20 kB to one block: %v, want %v", err, syscall.ENOSPC)
	}
	if _, err := w.Write(lineAt(at("10:00:02"), "lost")); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("write to a full disk: %v, want %v", err, syscall.ENOSPC)
	}
	free()
	write(t, w, lineAt(at("10:00:03"), "last"))
	got := texts(read(t, nil, Source{Folder: folder}))
	if len(got) != 3 || got[0] != long || !strings.HasPrefix(got[1], "log: lost 1 line(s)") || got[2] != "last" {
		t.Errorf("%d lines: %.60q, want the long one, a notice and the last", len(got), got)
	}
}
