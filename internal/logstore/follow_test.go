package logstore

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// follow follows sources in the background, until the test ends.
func follow(t *testing.T, q *Query, sources ...Source) <-chan string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	lines, done := make(chan string, 1<<17), make(chan struct{})
	go func() {
		defer close(done)
		defer close(lines)
		for line, err := range Follow(ctx, q, sources...) {
			if err != nil {
				t.Error(err)
				return
			}
			lines <- line.Source + " " + line.Fields().Text
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return lines
}

func receive(t *testing.T, lines <-chan string, n int) (got []string) {
	t.Helper()
	hang := time.After(time.Minute)
	for range n {
		select {
		case line, more := <-lines:
			if !more {
				t.Fatalf("the lines ended after %d of %d: %v", len(got), n, got[max(0, len(got)-5):])
			}
			got = append(got, line)
		case <-hang:
			t.Fatalf("%d of %d lines came: %v", len(got), n, got[max(0, len(got)-5):])
		}
	}
	return got
}

func TestFollowAcrossRotations(t *testing.T) {
	folder := t.TempDir()
	w := open(t, folder, 4<<20) // 256 KiB a segment
	const before, all = 5000, 40_000
	begin := time.Now().Add(-time.Minute)
	put := func(i int) { write(t, w, lineAt(begin.Add(time.Duration(i)*time.Millisecond), strconv.Itoa(i))) }
	for i := range before {
		put(i)
	}
	lines := follow(t, nil, Source{Name: "r", Folder: folder})
	receive(t, lines, 1) // it has begun
	for i := before; i < all; i++ {
		put(i)
	}
	for i, line := range receive(t, lines, all-1) {
		if want := fmt.Sprintf("r %d", i+1); line != want {
			t.Fatalf("line %d is %q, want %q", i+1, line, want)
		}
	}
	if n := len(paths(t, folder)); n < 8 {
		t.Errorf("%d segments, want many", n)
	}
}

func TestFollowBeginsWithTheTail(t *testing.T) {
	folder := filled(t, 0, every(time.Second, 10, at("10:00:00"))...)
	lines := follow(t, &Query{Tail: 2}, Source{Name: "r", Folder: folder})
	if diff := cmp.Diff([]string{"r 10:00:08.000", "r 10:00:09.000"}, receive(t, lines, 2)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	write(t, open(t, folder, 0), lineAt(at("10:00:10"), "next"))
	if diff := cmp.Diff([]string{"r next"}, receive(t, lines, 1)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestFollowOfWhatIsNew(t *testing.T) {
	folder := filled(t, 0, every(time.Second, 10, at("10:00:00"))...)
	f, err := os.OpenFile(currentPath(folder), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	line := lineAt(at("10:00:10"), "begun before")
	if _, err := f.Write(line[:40]); err != nil {
		t.Fatal(err)
	}
	begun := make(chan struct{}, 1<<10)
	lines := follow(t, &Query{Tail: -1, Idle: func() { begun <- struct{}{} }}, Source{Name: "r", Folder: folder})
	<-begun
	if _, err := f.Write(line[40:]); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"r begun before"}, receive(t, lines, 1)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if got := read(t, &Query{Tail: -1}, Source{Name: "r", Folder: folder}); got != nil {
		t.Errorf("%d lines that are new are stored", len(got))
	}
}

func TestFollowEndsAfterCount(t *testing.T) {
	folder := filled(t, 0, every(time.Second, 10, at("10:00:00"))...)
	lines := follow(t, &Query{From: at("10:00:08"), Count: 3}, Source{Name: "r", Folder: folder})
	receive(t, lines, 2)
	w := open(t, folder, 0)
	write(t, w, lineAt(at("10:00:10"), "third"), lineAt(at("10:00:11"), "fourth"))
	receive(t, lines, 1)
	if line, more := <-lines; more {
		t.Errorf("%q came after three lines", line)
	}
}

func TestFollowWaitsForTheFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "logs", "noop-0")
	lines := follow(t, nil, Source{Name: "r", Folder: folder})
	write(t, open(t, folder, 0), lineAt(time.Now(), "first"))
	if diff := cmp.Diff([]string{"r first"}, receive(t, lines, 1)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestFollowEndsWithTheFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "noop-0")
	w := open(t, folder, 0)
	write(t, w, lineAt(time.Now(), "last"))
	lines := follow(t, nil, Source{Name: "r", Folder: folder})
	receive(t, lines, 1)
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if line, more := <-lines; more {
		t.Errorf("%q came after the end", line)
	}
}

// A line that is written in two parts comes once, whole.
func TestFollowWaitsForTheEndOfALine(t *testing.T) {
	folder := t.TempDir()
	f, err := os.Create(currentPath(folder))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := follow(t, nil, Source{Name: "r", Folder: folder})
	line := lineAt(time.Now(), "one line")
	for _, part := range [][]byte{lineAt(time.Now(), "before"), line[:30], line[30:40], line[40:]} {
		if _, err := f.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"r before", "r one line"}, receive(t, lines, 2)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// Several logs are in the order of time, also if one of them is written a little
// later.
func TestFollowMergesByTime(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	wa, wb := open(t, a, 0), open(t, b, 0)
	lines := follow(t, &Query{Hold: 10 * time.Second}, Source{Name: "a", Folder: a}, Source{Name: "b", Folder: b})
	now := time.Now()
	write(t, wa, lineAt(now.Add(time.Millisecond), "2"), lineAt(now.Add(2*time.Millisecond), "3"))
	write(t, wb, lineAt(now, "1"), lineAt(now.Add(3*time.Millisecond), "4"))
	write(t, wa, lineAt(now.Add(4*time.Millisecond), "5"))
	if diff := cmp.Diff([]string{"b 1", "a 2", "a 3", "b 4"}, receive(t, lines, 4)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// A quiet log does not keep another back for ever.
func TestFollowDoesNotWaitForAQuietSource(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	wa, _ := open(t, a, 0), open(t, b, 0)
	lines := follow(t, nil, Source{Name: "a", Folder: a}, Source{Name: "b", Folder: b})
	var want []string
	for i := range 500 {
		write(t, wa, lineAt(time.Now(), strconv.Itoa(i)))
		want = append(want, "a "+strconv.Itoa(i))
	}
	if got := receive(t, lines, 500); !slices.Equal(got, want) {
		t.Errorf("lines %v", got)
	}
}
