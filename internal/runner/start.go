package runner

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/ansar-go/ansar/internal/osproc"
)

// StartOptions adjust [Start]. A nil *StartOptions means the defaults.
type StartOptions struct {
	// Executable is the path of the runner. If empty, it is looked for beside
	// this program, then in PATH, and at last this program stands in for it.
	Executable string

	// Stdout and Stderr receive what a program in the foreground prints. See
	// [osproc.Spec]. In the background nothing comes.
	Stdout, Stderr io.Writer
}

// Started is a runner that was started, and its process.
type Started struct {
	*osproc.Process

	events *os.File
}

// Events is where the runner tells what comes of the role, for
// background.Read: started, then ready or failed, then the end of file, which
// alone means that the runner has died. It can be read with a deadline.
//
// In the background the caller closes it when it has heard enough; the runner
// does not mind. In the foreground closing it is a stop, so that the end of
// this process is one: the program gets 5 s at most.
func (s *Started) Events() *os.File { return s.events }

// Stop tells a runner to stop its role in order, the second time at once. The
// error is [os.ErrProcessDone] after its end.
func (s *Started) Stop() error { return s.Signal(syscall.SIGTERM) }

// Start starts a runner and returns when it runs: what comes of the role, its
// events tell. In the background the runner is in a session of its own, needs
// nobody and outlives this process. The caller closes Events.
func Start(spec *Spec, o *StartOptions) (*Started, error) {
	if err := spec.check(); err != nil {
		return nil, fmt.Errorf("start runner: %w", err)
	}
	o = cmp.Or(o, &StartOptions{})
	path, err := locate(o.Executable)
	if err != nil {
		return nil, fmt.Errorf("start runner: %w", err)
	}
	ours, theirs, inode, err := eventPipe(spec.Foreground)
	if err != nil {
		return nil, fmt.Errorf("start runner: %w", err)
	}
	defer theirs.Close()
	copied := *spec
	copied.Inode = inode
	text, _ := json.Marshal(copied) // nothing in it can fail
	stdin, err := document(text)
	if err != nil {
		_ = ours.Close()
		return nil, fmt.Errorf("start runner: %w", err)
	}
	defer stdin.Close()
	process, err := spawn(path, spec, o, stdin, theirs)
	if err != nil {
		_ = ours.Close()
		return nil, err
	}
	return &Started{process, ours}, nil
}

func spawn(path string, spec *Spec, o *StartOptions, stdin, link *os.File) (*osproc.Process, error) {
	child := osproc.Spec{
		Path: path, Args: []string{Name, "--home-path=" + spec.Home, "--role-name=" + spec.Role},
		Dir: spec.Home, Stdin: stdin, Link: link, NewSession: !spec.Foreground, TailBytes: -1,
	}
	if spec.Foreground {
		child.Stdout, child.Stderr = o.Stdout, o.Stderr
	}
	return osproc.Start(&child)
}

// document is a file without a name that holds text.
func document(text []byte) (*os.File, error) {
	f, err := os.CreateTemp("", ".ansar-runner-")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(f.Name()) // it lives as long as it is open
	if _, err = f.Write(text); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("write specification: %w", err)
	}
	return f, nil
}
