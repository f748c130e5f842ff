package journal

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

func init() {
	parts["write"] = writePart
}

// writePart writes a journal into a folder, so many events of which the last one ends the
// run; 0: until it is killed. After each Append it prints the last number.
func writePart(args []string) error {
	count, err := strconv.ParseUint(args[1], 10, 64)
	if err != nil {
		return err
	}
	w, err := Create(args[0])
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(1, uint64(os.Getpid())))
	if err := w.Append(loaded(1)); err != nil {
		return err
	}
	for n := uint64(2); count == 0 || n < count; {
		var batch []*schedulepb.Event
		for range 1 + random.IntN(12) {
			if e := output(n); count == 0 || n < count {
				e.GetJobOutput().File = strings.Repeat("x", random.IntN(300))
				batch, n = append(batch, e), n+1
			}
		}
		if err := w.Append(batch...); err != nil {
			return err
		}
		if _, err := fmt.Println(n - 1); err != nil {
			return err
		}
	}
	if err := w.Append(finished(count)); err != nil {
		return err
	}
	return w.Close()
}

// Whoever follows, leaves at any event and comes back for the next one gets all events
// once, while the writer writes as fast as it can.
func TestPC10(t *testing.T) {
	folder := t.TempDir()
	const count = 4_000
	ctx, cancel := context.WithTimeout(t.Context(), hang)
	defer cancel()
	cmd := command(t, "write", folder, strconv.Itoa(count))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var followers sync.WaitGroup
	for id := range 3 {
		followers.Go(func() {
			random := rand.New(rand.NewPCG(7, uint64(id)))
			var got []uint64
			visits := 0
			for len(got) < count && ctx.Err() == nil {
				visits++
				left := 1 + random.IntN(count/8)
				for e, err := range Follow(ctx, folder, uint64(len(got)+1)) {
					if err != nil {
						t.Errorf("follower %d: %v", id, err)
						return
					}
					got = append(got, e.GetSequence())
					if left--; left == 0 {
						break
					}
				}
			}
			if diff := cmp.Diff(upTo(1, count), got); diff != "" {
				t.Errorf("follower %d, %d visits: events (-want +got):\n%.2000s", id, visits, diff)
			}
		})
	}
	followers.Wait()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// A run whose scheduler is killed ends for those who follow it, without anybody telling them.
func TestFollowEndsWithItsScheduler(t *testing.T) {
	folder := t.TempDir()
	cmd := command(t, "write", folder, "0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), hang)
	defer cancel()
	var got []uint64
	killed := false
	for e, err := range Follow(ctx, folder, 0) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e.GetSequence())
		if !killed && len(got) == 50 {
			killed = true
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	said := lastNumber(t, out)
	_ = cmd.Wait() // it was killed
	if ctx.Err() != nil || !killed {
		t.Fatalf("after %d events: %v", len(got), ctx.Err())
	}
	if uint64(len(got)) < said {
		t.Errorf("%d events, want the %d that were written at least", len(got), said)
	}
	if diff := cmp.Diff(upTo(1, uint64(len(got))), got); diff != "" {
		t.Errorf("events (-want +got):\n%.2000s", diff)
	}
}

// lastNumber reads lines until the other side has ended, and returns the number on the last
// whole one.
func lastNumber(t *testing.T, out io.Reader) (last uint64) {
	t.Helper()
	for r := bufio.NewReader(out); ; {
		line, err := r.ReadString('\n')
		if err != nil {
			return last
		}
		if last, err = strconv.ParseUint(strings.TrimSpace(line), 10, 64); err != nil {
			t.Error(err)
		}
	}
}

func TestFollow(t *testing.T) {
	tests := []struct {
		name   string
		before uint64 // events that are there at first
		from   uint64
		live   func(t *testing.T, w *Writer)
		want   []uint64
	}{
		{"from the start", 2, 0, func(t *testing.T, w *Writer) { appendAll(t, w, output(3), finished(4)) }, upTo(1, 4)},
		{"from an event that is there", 3, 2, func(t *testing.T, w *Writer) { appendAll(t, w, finished(4)) }, upTo(2, 4)},
		{"from an event to come", 1, 3, func(t *testing.T, w *Writer) { appendAll(t, w, outputs(2, 4)...); appendAll(t, w, finished(5)) }, upTo(3, 5)},
		{"until the scheduler closes the journal", 2, 1, func(t *testing.T, w *Writer) {
			appendAll(t, w, output(3))
			if err := w.Close(); err != nil {
				t.Error(err)
			}
		}, upTo(1, 3)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			folder := t.TempDir()
			w := create(t, folder)
			appendAll(t, w, outputs(1, tt.before)...)
			ctx, cancel := context.WithTimeout(t.Context(), hang)
			defer cancel()
			got, wait := follow(ctx, t, folder, tt.from)
			tt.live(t, w)
			if err := wait(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, *got); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

// follow follows in a goroutine, which wait waits for.
func follow(ctx context.Context, t *testing.T, folder string, from uint64) (got *[]uint64, wait func() error) {
	t.Helper()
	got = new([]uint64)
	done := make(chan error, 1)
	go func() {
		for e, err := range Follow(ctx, folder, from) {
			if err != nil {
				done <- err
				return
			}
			*got = append(*got, e.GetSequence())
		}
		done <- ctx.Err()
	}()
	return got, func() error { return <-done }
}

func TestFollowWaitsForTheJournal(t *testing.T) {
	folder := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), hang)
	defer cancel()
	got, wait := follow(ctx, t, folder, 1)
	w := create(t, folder)
	appendAll(t, w, loaded(1), finished(2))
	if err := wait(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(upTo(1, 2), *got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestFollowEndsWithItsContext(t *testing.T) {
	folder := t.TempDir()
	w := create(t, folder)
	appendAll(t, w, loaded(1))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for e, err := range Follow(ctx, folder, 1) {
		if err != nil {
			t.Fatal(err)
		}
		if e.GetSequence() == 1 {
			cancel()
		}
	}
}

func TestFollowErrors(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	tests := []struct {
		name, folder, want string
	}{
		{"no folder", missing, "follow journal " + missing + ": no such file or directory"},
		{"damage", journalOf(t, lines(t, loaded(1))+"x\n"), ":2: damaged journal: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var failed error
			for _, err := range Follow(t.Context(), tt.folder, 1) {
				failed = err
			}
			if failed == nil || !strings.Contains(failed.Error(), tt.want) {
				t.Errorf("error %v, want %s", failed, tt.want)
			}
		})
	}
}

// Whenever the scheduler is killed, all that it was told is written can be read.
func TestJournalSurvivesKill(t *testing.T) {
	const rounds = 15
	random := rand.New(rand.NewPCG(3, 9))
	for round := range rounds {
		folder := t.TempDir()
		cmd := command(t, "write", folder, "0")
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		first := make(chan struct{})
		said := make(chan uint64, 1)
		go func() {
			r := bufio.NewReader(out)
			_, _ = r.Peek(1) // the end of the child comes as well
			close(first)
			said <- lastNumber(t, r)
		}()
		<-first
		time.Sleep(time.Duration(random.IntN(8_000)) * time.Microsecond) // any moment will do
		_ = cmd.Process.Kill()
		last := <-said
		_ = cmd.Wait() // it was killed
		got := sequences(t, folder)
		if diff := cmp.Diff(upTo(1, uint64(len(got))), got); diff != "" {
			t.Errorf("round %d: events (-want +got):\n%.2000s", round, diff)
		}
		if uint64(len(got)) < last || last == 0 {
			t.Errorf("round %d: %d events can be read, want the %d that were written at least", round, len(got), last)
		}
		if Alive(folder) {
			t.Errorf("round %d: a writer that was killed is said to live", round)
		}
	}
}
