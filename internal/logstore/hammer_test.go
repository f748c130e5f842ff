package logstore

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const hammers = 4 // writers, and readers of each kind

// source of a line, and its number among those of it.
func parseHammer(t *testing.T, text string) (writer, number int) {
	t.Helper()
	first, second, _ := strings.Cut(text, " ")
	writer, err1 := strconv.Atoi(first)
	number, err2 := strconv.Atoi(second)
	if err1 != nil || err2 != nil {
		t.Errorf("torn line %q", text)
	}
	return writer, number
}

// sequence checks that the lines of each writer come in order and without a gap.
type sequence struct{ next [hammers]int }

func (s *sequence) take(t *testing.T, line Line) {
	t.Helper()
	writer, number := parseHammer(t, line.Fields().Text)
	if number != s.next[writer] {
		t.Errorf("line %d of writer %d came, want %d", number, writer, s.next[writer])
	}
	s.next[writer] = number + 1
}

// Lines of many writers are read and followed while segments end all the time:
// none is missed, doubled or torn, and what was there when a reader began, it
// sees.
func TestHammer(t *testing.T) {
	lines := 3000
	if testing.Short() {
		lines = 300
	}
	folder := t.TempDir()
	w := open(t, folder, 4<<20)
	var writers, readers sync.WaitGroup
	var mu sync.Mutex
	var written [hammers]int
	done := make(chan struct{})
	for id := range hammers {
		writers.Go(func() {
			for i := range lines {
				line := lineAt(time.Now(), fmt.Sprintf("%d %d", id, i))
				var err error
				if i%3 == 0 {
					err = w.WriteBatch(line)
				} else {
					_, err = w.Write(line)
				}
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				written[id] = i + 1
				mu.Unlock()
			}
		})
	}
	for range hammers {
		readers.Go(func() {
			for range 10 {
				mu.Lock()
				least := written
				mu.Unlock()
				var s sequence
				for line, err := range Read(nil, Source{Folder: folder}) {
					if err != nil {
						t.Error(err)
						return
					}
					s.take(t, line)
				}
				for id := range hammers {
					if s.next[id] < least[id] {
						t.Errorf("a reader saw %d lines of writer %d, %d were there", s.next[id], id, least[id])
					}
				}
				last, err := Tail(folder, 5)
				if err != nil {
					t.Error(err)
				}
				for _, line := range last {
					parseHammer(t, Line{Text: []byte(line)}.Fields().Text)
				}
			}
		})
		readers.Go(func() {
			var s sequence
			n := 0
			for line, err := range Follow(context.Background(), &Query{Count: hammers * lines}, Source{Folder: folder}) {
				if err != nil {
					t.Error(err)
					return
				}
				s.take(t, line)
				n++
			}
			if n != hammers*lines {
				t.Errorf("%d lines were followed, want %d", n, hammers*lines)
			}
		})
	}
	go func() {
		readers.Wait()
		close(done)
	}()
	writers.Wait()
	select {
	case <-done:
	case <-time.After(2 * time.Minute):
		t.Fatal("readers hang")
	}
	if n := len(paths(t, folder)); n < 3 && !testing.Short() {
		t.Errorf("%d segments, want several", n)
	}
}

// The oldest segments are removed all the time while they are read: what a reader
// sees has no gap but at its begin.
func TestReadersOfWhatIsRemoved(t *testing.T) {
	folder := t.TempDir()
	w := open(t, folder, 128<<10)
	stop := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := w.Write(lineAt(time.Now(), fmt.Sprintf("0 %d", i))); err != nil {
				t.Error(err)
			}
		}
	})
	defer writer.Wait()
	defer close(stop)
	for range 30 {
		before := -1
		for line, err := range Read(nil, Source{Folder: folder}) {
			if err != nil {
				t.Fatal(err)
			}
			_, number := parseHammer(t, line.Fields().Text)
			if before >= 0 && number != before+1 {
				t.Fatalf("line %d came behind %d", number, before)
			}
			before = number
		}
	}
}
