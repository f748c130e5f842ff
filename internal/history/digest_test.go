package history

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/home"
)

const (
	digestOfOne = "sha256:7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed" // of "one"
	digestOfTwo = "sha256:3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"
)

func TestDigest(t *testing.T) {
	h := newHome(t)
	program := filepath.Join(t.TempDir(), "program")
	note := filepath.Join(h.Dir(home.Schema), "noop.digest")
	old := time.Now().Add(-time.Hour)
	write := func(text string, at time.Time) {
		ok(t, os.WriteFile(program, []byte(text), 0o700))
		ok(t, os.Chtimes(program, at, at))
	}
	is := func(what, want string) {
		t.Helper()
		if got := must[string](t)(Digest(h, "noop", program)); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	write("one", old)
	is("a new program", digestOfOne)
	write("two", old) // nobody can tell
	is("a program that looks the same", digestOfOne)
	write("two", old.Add(time.Millisecond))
	is("a program that was touched", digestOfTwo)
	ok(t, os.WriteFile(note, []byte("{\"path"), 0o600))
	is("a torn note", digestOfTwo)
	link := filepath.Join(t.TempDir(), "link")
	ok(t, os.Symlink(program, link))
	before := must[os.FileInfo](t)(os.Stat(note))
	if got := must[string](t)(Digest(h, "noop", link)); got != digestOfTwo {
		t.Errorf("by a link: %s", got)
	}
	if after := must[os.FileInfo](t)(os.Stat(note)); !after.ModTime().Equal(before.ModTime()) {
		t.Error("the note of the same program was written again")
	}
	if _, err := Digest(h, "noop", program+"-gone"); err == nil {
		t.Error("a program that is gone has a digest")
	}
	var all sync.WaitGroup
	for range 8 {
		_ = os.Remove(note)
		all.Go(func() { is("many at once", digestOfTwo) })
	}
	all.Wait()
}

// What a start and a status pay.
func BenchmarkHistory(b *testing.B) {
	h := newHome(b)
	f := Of(h, "r")
	b.Run("begin, ready, end", func(b *testing.B) {
		for b.Loop() {
			n := must[int](b)(f.Begin(Begin{Executable: "noop"}))
			ok(b, f.Ready(n))
			ok(b, f.End(n, Ending{How: Returned, Type: "Ack"}))
		}
	})
	b.Run("last", func(b *testing.B) {
		for b.Loop() {
			must[*Run](b)(f.Last())
		}
	})
	b.Run("settle", func(b *testing.B) {
		for b.Loop() {
			must[*Run](b)(f.Settle())
		}
	})
	open := must[int](b)(f.Begin(Begin{}))
	b.Run("settle a run that goes on", func(b *testing.B) {
		for b.Loop() {
			must[*Run](b)(f.Settle())
		}
	})
	ok(b, f.End(open, Ending{How: Returned}))
	b.Run("digest", func(b *testing.B) {
		for b.Loop() {
			must[string](b)(Digest(h, "noop", os.Args[0]))
		}
	})
}
