package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/logstore"
	"github.com/ansar-go/ansar/lifecycle"
)

func init() {
	programs["chatty"] = func() { framework.CreateObject(chatty) }
	programs["chatter"] = func() { framework.CreateObject(chatter) }
	programs["lograte"] = func() { framework.CreateObject(logRate) }
}

// filling makes what chatty logs lines of 100 bytes.
const filling = ".............................................."

// chatty logs so many lines, as fast as it can.
var chatty = actor.Define("chatty", func(self *actor.Context, _ *lifecycle.None, n *wrapperspb.UInt32Value) (*lifecycle.Ack, error) {
	for i := range n.Value {
		self.Console("%07d %s", i, filling)
	}
	return &lifecycle.Ack{}, nil
})

// chatter logs lines until it is killed, and counts those whose calls have
// returned, in a file.
var chatter = actor.Define("chatter", func(self *actor.Context, _, _ *lifecycle.None) (*lifecycle.Ack, error) {
	f, err := os.OpenFile("count", os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for i := uint64(0); ; i++ {
		self.Console("%07d %s", i, filling)
		if _, err := f.WriteAt(binary.BigEndian.AppendUint64(nil, i+1), 0); err != nil {
			return nil, err
		}
	}
})

// logRate compares log calls with a loop that does nothing but write lines of that
// length, one write(2) each, and with one that makes the same lines: the best of
// several rounds, in nanoseconds a line.
var logRate = actor.Define("lograte", func(self *actor.Context, _ *lifecycle.None, n *wrapperspb.UInt32Value) (*structpb.Struct, error) {
	line := fmt.Appendf(nil, "%099d\n", 0)
	var file *os.File
	ways := map[string]func(i uint32) error{
		"log calls": func(i uint32) error { self.Console("%07d %s", i, filling); return nil },
		"write(2)":  func(uint32) error { _, err := file.Write(line); return err },
		"fprintf": func(i uint32) error {
			at := time.Now().UTC().Format("2006-01-02T15:04:05.000")
			_, err := fmt.Fprintf(file, "%s ^ <%08x>%s - %07d %s\n", at, 8, "chatty", i, filling)
			return err
		},
	}
	best := map[string]any{}
	for range 5 {
		for name, way := range ways {
			var err error
			if file, err = os.Create("bare"); err != nil { // a new one: the log grows into new pages, too
				return nil, err
			}
			begin := time.Now()
			for i := range n.Value {
				if err := way(i); err != nil {
					return nil, err
				}
			}
			took := float64(time.Since(begin)) / float64(n.Value)
			if before, ok := best[name].(float64); !ok || took < before {
				best[name] = took
			}
			if err := errors.Join(file.Close(), os.Remove("bare")); err != nil {
				return nil, err
			}
		}
	}
	return structpb.NewStruct(best)
})

// input stores how many lines a role shall log.
func (h *house) input(role string, lines int) {
	h.Helper()
	path := filepath.Join(h.dir, "input")
	if err := os.WriteFile(path, fmt.Appendf(nil, `{"value": %d}`, lines), 0o600); err != nil {
		h.Fatal(err)
	}
	h.ansar("input", role, "--input-file="+path)
}

// numbers are those of the console lines of a role, in order. A line that is no
// whole one is an error.
func (h *house) numbers(role string) (numbers []int) {
	h.Helper()
	source := logstore.Source{Folder: filepath.Join(h.home.Dir(home.Logs), role)}
	for line, err := range logstore.Read(&logstore.Query{Tags: "^"}, source) {
		if err != nil {
			h.Fatal(err)
		}
		first, rest, _ := strings.Cut(line.Fields().Text, " ")
		n, err := strconv.Atoi(first)
		if err != nil || rest != filling {
			h.Fatalf("torn line %q of %d bytes", line.Text, len(line.Text))
		}
		numbers = append(numbers, n)
	}
	return numbers
}

// A component that logs as fast as it can loses nothing, over many rotations.
func TestComponentLogsManyLines(t *testing.T) {
	lines := 1_000_000
	if testing.Short() || raceEnabled {
		lines = 20_000
	}
	t.Setenv("GORACE", "atexit_sleep_ms=0") // a second for every process
	h := newHouse(t, "chatty")
	h.ansar("add", "chatty")
	h.ansar("set", "storage", "chatty-0", "--value=256MiB")
	h.input("chatty-0", lines)
	h.ansar("start")
	h.ansar("returned", "chatty-0", "--timeout=2m")
	numbers := h.numbers("chatty-0")
	if len(numbers) != lines {
		t.Errorf("%d lines, want %d", len(numbers), lines)
	}
	for i, n := range numbers {
		if n != i {
			t.Fatalf("line %d has the number %d", i, n)
		}
	}
	segments, err := filepath.Glob(filepath.Join(h.home.Dir(home.Logs), "chatty-0", "log-*.txt"))
	if err != nil || len(segments) < 10 {
		t.Errorf("%d segments, want many (%v)", len(segments), err)
	}
}

// Whenever a component is killed, each line whose call had returned is there.
func TestKilledComponentHasLoggedEverything(t *testing.T) {
	rounds := 10
	if testing.Short() || raceEnabled {
		rounds = 3
	}
	t.Setenv("GORACE", "atexit_sleep_ms=0") // a second for every process
	h := newHouse(t, "chatter")
	h.ansar("add", "chatter")
	counter := filepath.Join(h.home.Root(), "count")
	for round := range rounds {
		h.ansar("start")
		run := h.last("chatter-0", round+1)
		time.Sleep(time.Duration(round*7) * time.Millisecond) // any moment will do
		if err := syscall.Kill(run.PID, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		h.ended("chatter-0", round+1)
		count, err := os.ReadFile(counter)
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // it was killed before it had begun
			t.Fatal(err)
		}
		_ = os.Remove(counter)
		returned := 0
		if len(count) == 8 {
			returned = int(binary.BigEndian.Uint64(count))
		}
		numbers := h.numbers("chatter-0")
		begin := len(numbers) // of this run
		for begin > 0 && (begin == len(numbers) || numbers[begin] != 0) {
			begin--
		}
		if got := len(numbers) - begin; got < returned || got > returned+1 {
			t.Errorf("%d lines, %d calls had returned", got, returned)
		}
	}
}

// BenchmarkComponentLogRate prints how fast a component in the background logs,
// beside a loop of write(2) and beside one that makes the same lines:
//
//	go test -run '^$' -bench ComponentLogRate ./cmd/ansar
func BenchmarkComponentLogRate(b *testing.B) {
	h := newHouse(b, "lograte")
	h.ansar("add", "lograte")
	h.input("lograte-0", 1_000_000)
	for b.Loop() {
		h.ansar("start")
		var took struct {
			Value struct{ Value map[string]float64 }
		}
		text := h.ansar("returned", "lograte-0", "--timeout=5m", "--json")
		if err := json.Unmarshal([]byte(text), &took); err != nil {
			b.Fatal(err)
		}
		ns := took.Value.Value
		b.ReportMetric(ns["log calls"], "ns/line")
		b.ReportMetric(ns["write(2)"]/ns["log calls"], "of-write(2)")
		b.ReportMetric(ns["fprintf"]/ns["log calls"], "of-fprintf")
	}
}
