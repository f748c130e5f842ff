package logstore

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// hundred is a line of 100 bytes.
func hundred(t time.Time, i int) []byte {
	return fmt.Appendf(stampAt(t).append(nil), "^ <00000009>chatty - line %07d %041d\n", i, 0)
}

func TestMillionLines(t *testing.T) {
	lines := 1_000_000
	if testing.Short() || raceDetector { // it would take many seconds
		lines = 100_000
	}
	folder := t.TempDir()
	w := open(t, folder, int64(lines)<<8)
	begin := at("10:00:00")
	line := hundred(begin, 0)
	if len(line) != 100 {
		t.Fatalf("a line of %d bytes", len(line))
	}
	for i := range lines {
		stampAt(begin.Add(time.Duration(i) * 10 * time.Microsecond)).append(line[:0])
		copy(line[50:], fmt.Sprintf("%07d", i))
		write(t, w, line)
	}
	if _, err := w.out.Write([]byte("the last one has no end")); err != nil {
		t.Fatal(err)
	}
	i := 0
	for line, err := range Read(nil, Source{Folder: folder}) {
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("line %07d %041d", i, 0)
		if i == lines {
			want = "the last one has no end"
		}
		if got := line.Fields().Text; got != want {
			t.Fatalf("line %d is %q, want %q", i, got, want)
		}
		i++
	}
	if i != lines+1 {
		t.Errorf("%d lines, want %d and one that has no end", i, lines)
	}
	if n := len(paths(t, folder)); n < 20 {
		t.Errorf("%d segments, want many", n)
	}
}

// BenchmarkWrite compares the store with nothing but one write(2) a line.
func BenchmarkWrite(b *testing.B) {
	line := hundred(time.Now(), 1)
	b.Run("limit", func(b *testing.B) {
		f, err := os.Create(filepath.Join(b.TempDir(), "log.txt"))
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		for b.Loop() {
			if _, err := f.Write(line); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("store", func(b *testing.B) {
		w := open(b, b.TempDir(), 0)
		for b.Loop() {
			if _, err := w.Write(line); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("batches", func(b *testing.B) {
		w := open(b, b.TempDir(), 0)
		var batch []byte
		for range 600 {
			batch = append(batch, line...)
		}
		for b.Loop() {
			if err := w.WriteBatch(batch); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/600, "ns/line")
	})
}

// BenchmarkQuery asks a log of 1 GB, and compares the answers with reading all of
// it, as a search from the start would.
func BenchmarkQuery(b *testing.B) {
	for _, rate := range []struct {
		name string
		step time.Duration // between two lines
	}{{"a day", 8640 * time.Microsecond}, {"a minute", 6 * time.Microsecond}} {
		b.Run("in "+rate.name, func(b *testing.B) {
			folder := b.TempDir()
			w := open(b, folder, 2<<30)
			const lines = 10_000_000
			begin := at("10:00:00")
			var batch []byte
			for i := range lines {
				batch = append(batch, hundred(begin.Add(time.Duration(i)*rate.step), i)...)
				if len(batch) > 1<<20 || i == lines-1 {
					if err := w.WriteBatch(batch); err != nil {
						b.Fatal(err)
					}
					batch = batch[:0]
				}
			}
			all := time.Now()
			ask(b, folder, &Query{}, lines)
			scan := time.Since(all)
			middle := begin.Add(lines / 2 * rate.step)
			for _, q := range []struct {
				name  string
				query Query
				want  int
			}{
				{"count of 20 from the middle", Query{From: middle, Count: 20}, 20},
				{"tail of 20", Query{Tail: 20}, 20},
				{"tail of 20 up to the middle", Query{To: middle, Tail: 20}, 20},
			} {
				b.Run(q.name, func(b *testing.B) {
					for b.Loop() {
						ask(b, folder, &q.query, q.want)
					}
					b.ReportMetric(float64(scan.Nanoseconds())/(float64(b.Elapsed().Nanoseconds())/float64(b.N)), "times-faster-than-a-scan")
				})
			}
		})
	}
}

func ask(b *testing.B, folder string, q *Query, want int) {
	b.Helper()
	n := 0
	for _, err := range Read(q, Source{Folder: folder}) {
		if err != nil {
			b.Fatal(err)
		}
		n++
	}
	if n != want {
		b.Fatalf("%d lines, want %d", n, want)
	}
}
