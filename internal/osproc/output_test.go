//go:build linux

package osproc_test

import (
	"bytes"
	"errors"
	"hash"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/osproc"
)

// checked counts what is written and sums it up.
type checked struct {
	n   int
	sum hash.Hash32
}

func newChecked() *checked { return &checked{sum: crc32.NewIEEE()} }

func (c *checked) Write(b []byte) (int, error) {
	c.n += len(b)
	return c.sum.Write(b)
}

func TestFloodOnBothOutputs(t *testing.T) {
	const megabytes = 50
	out, err := newChecked(), newChecked()
	spec := role("flood", "50")
	spec.Stdout, spec.Stderr = out, err
	p := start(t, spec)
	await(t, p.Done(), "done")

	want := newChecked()
	block := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	for range megabytes {
		want.Write(block)
	}
	for name, got := range map[string]*checked{"stdout": out, "stderr": err} {
		if got.n != want.n || got.sum.Sum32() != want.sum.Sum32() {
			t.Errorf("%s: %d bytes with sum %x, want %d with %x", name, got.n, got.sum.Sum32(), want.n, want.sum.Sum32())
		}
	}
	if got := p.Exit(); got.Status != 0 {
		t.Errorf("%v: %s", got, p.Tail())
	}
}

func TestLastLineWithoutNewline(t *testing.T) {
	var out, err bytes.Buffer
	spec := role("write", "one\ntwo", "three\nfour")
	spec.Stdout, spec.Stderr = &out, &err
	p := start(t, spec)
	await(t, p.Done(), "done")
	got := []string{out.String(), err.String(), p.Tail()}
	if diff := cmp.Diff([]string{"one\ntwo", "three\nfour", "three\nfour"}, got); diff != "" {
		t.Errorf("stdout, stderr and tail (-want +got):\n%s", diff)
	}
}

func TestTailIsOptional(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	tests := []struct {
		name   string
		change func(*osproc.Spec)
		want   string
	}{
		{"the default keeps all of a few lines", func(*osproc.Spec) {}, "one\ntwo\n"},
		{"a small one keeps whole lines", func(s *osproc.Spec) { s.TailBytes = 6 }, "two\n"},
		{"a negative one keeps nothing", func(s *osproc.Spec) { s.TailBytes = -1 }, ""},
		{"there is none of a file", func(s *osproc.Spec) { s.StderrFile = file }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			spec := role("write", "", "one\ntwo\n")
			tt.change(spec)
			p := start(t, spec)
			await(t, p.Done(), "done")
			if diff := cmp.Diff(tt.want, p.Tail()); diff != "" {
				t.Errorf("tail (-want +got):\n%s", diff)
			}
		})
	}
	if got, err := os.ReadFile(file.Name()); err != nil || string(got) != "one\ntwo\n" {
		t.Errorf("file has %q, %v", got, err)
	}
}

// A process that closes its outputs has not ended.
func TestClosedOutputsAreNotTheEnd(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	spec := role("mute")
	spec.Stdin = r
	p := start(t, spec)
	r.Close()
	// mute closes its standard input last: then writing to it fails.
	for err == nil {
		_, err = w.Write(make([]byte, 1))
	}
	if !errors.Is(err, syscall.EPIPE) {
		t.Fatal(err)
	}
	kill(t, p.Signal, syscall.SIGTERM)
	await(t, p.Done(), "done")
	if got := p.Exit().Signal; got != syscall.SIGTERM {
		t.Errorf("ended by %v, want %v", p.Exit(), syscall.SIGTERM)
	}
}

// A Writer that fails or panics harms neither the child nor the other output.
func TestWriterThatFails(t *testing.T) {
	full := errors.New("disk full")
	tests := []struct {
		name  string
		write func([]byte) (int, error)
		want  string // in WriteErr
	}{
		{"every write is an error", func([]byte) (int, error) { return 0, full }, "write output: disk full"},
		{"short writes", func(b []byte) (int, error) { return len(b) / 2, nil }, "write output: short write"},
		{"panic", func([]byte) (int, error) { panic("no disk") }, "write output: panic: no disk"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			other := newChecked()
			spec := role("flood", "1")
			spec.Stdout, spec.Stderr = writerFunc(tt.write), other
			p := start(t, spec)
			await(t, p.Done(), "done")
			if p.Exit().Status != 0 || other.n != 1<<20 {
				t.Errorf("%v with %d bytes on the other output", p.Exit(), other.n)
			}
			err := p.WriteErr()
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("WriteErr %v, want %q", err, tt.want)
			}
		})
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// A descendant in another session holds the outputs, silent or for ever
// writing: the process is done all the same, and the descendant is left alone.
func TestStrayHoldsOutputs(t *testing.T) {
	for _, stray := range []string{"pause", "chatter"} {
		t.Run("by "+stray, func(t *testing.T) {
			t.Parallel()
			said := awaiting("\n")
			spec := role("daemon", stray)
			spec.Stdout, spec.TailBytes = said, -1
			before := time.Now()
			p := start(t, spec)
			await(t, p.Done(), "done")
			if waited := time.Since(before.Add(p.Exit().Took)); waited < 250*time.Millisecond {
				t.Errorf("given up %v after the end, want 250ms at least", waited)
			}
			line, _, _ := strings.Cut(strings.TrimLeft(said.String(), "tick\n"), "\n")
			pid := number(line)
			if stray == "pause" && !running(pid) {
				t.Error("the stray was killed: it is none of the group")
			}
			_ = syscall.Kill(pid, syscall.SIGKILL) // chatter ends by itself when its pipe is closed
			awaitOrphan(t, pid)
		})
	}
}
