package osproc

import (
	"cmp"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// Spec says what to start. Only Path is needed.
type Spec struct {
	// Path is the executable, as [Find] returns it. It must contain a slash;
	// a relative path starts from the working directory of this process, not
	// from Dir.
	Path string

	// Args are the arguments, argv[0] included. If nil, the base name of Path.
	Args []string

	// Env is the complete environment. If nil, that of this process.
	Env []string

	// Dir is the working directory. If empty, that of this process.
	Dir string

	// Stdin is the standard input, switched to blocking mode. If nil, /dev/null.
	// The caller closes its own copy.
	Stdin *os.File

	// Link becomes descriptor 3 of the child. If nil, it has none. The caller
	// closes its own copy after Start, or never sees an end-of-file on it.
	Link *os.File

	// Stdout and Stderr receive what the child writes, each from one goroutine,
	// in chunks of at most 64 KiB that the Writer may not keep. A Writer may be
	// slow (then the child is, too) but must not block for ever. One that
	// returns an error is called again with the next chunk, one that panics is
	// not; the rest is discarded, and [Process.WriteErr] tells.
	// If nil, the output is discarded.
	Stdout, Stderr io.Writer

	// StdoutFile and StderrFile are given to the child as they are, and go
	// before Stdout and Stderr. A child that is to outlive this process needs
	// them: a pipe ends with its reader. There is no Tail of a StderrFile.
	StdoutFile, StderrFile *os.File

	// PipeBytes is the capacity of the pipes to Stdout and Stderr, and the most
	// that is taken from them at once. The less it is, the less is lost when this
	// process is killed together with the child. Linux rounds it up to a power of
	// two of pages, and heeds it alone. If zero, or more than 64 KiB, 64 KiB.
	PipeBytes int

	// TailBytes is how much of the end of stderr is kept for [Process.Tail].
	// If zero, 4096. If negative, none.
	TailBytes int

	// DeathSignal is sent to the child when this process dies, however it
	// dies. Honoured on Linux after [OwnMain], ignored elsewhere. If zero, none.
	DeathSignal syscall.Signal

	// Ended is called when the process has ended, before what is left of its group
	// is killed: [Process.SignalGroup] still reaches that, and
	// [Process.AwaitGroup] waits for it. Done comes after it. If nil, there is
	// nothing to wait for. Linux calls it alone.
	Ended func(*Process)

	// NewSession puts the child into a session of its own, without a
	// controlling terminal, instead of only a process group.
	NewSession bool
}

// path returns Path such that a change of directory does not change its meaning.
func (s *Spec) path() (string, error) {
	if s.Dir == "" {
		return s.Path, nil
	}
	return filepath.Abs(s.Path)
}

func (s *Spec) args() []string {
	if s.Args == nil {
		return []string{filepath.Base(s.Path)}
	}
	return s.Args
}

func (s *Spec) env() []string {
	if s.Env == nil {
		return os.Environ()
	}
	return s.Env
}

func (s *Spec) tail() *tail {
	if s.TailBytes < 0 || s.StderrFile != nil {
		return nil
	}
	return &tail{limit: cmp.Or(s.TailBytes, 4096)}
}
