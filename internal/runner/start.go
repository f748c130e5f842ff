package runner

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/ansar-go/ansar/internal/background"
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

// Started is a runner that was started, and its process. One in the foreground
// stops its program when this process ends, however it does; the program has 5 s
// then.
type Started struct {
	*osproc.Process

	events *os.File
	life   *os.File // its end is a stop; nil in the background
}

// Events is where the runner tells what comes of the role, for
// background.Read: started, then ready or failed, then the end of file, which
// alone means that the runner has died. It can be read with a deadline.
//
// The caller closes it when it has heard enough; the runner does not mind.
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
	told := *spec
	told.Version = version
	if value, ok := os.LookupEnv(processors); ok {
		told.Processors = &value
	}
	text, _ := json.Marshal(told) // nothing in it can fail
	stdin, life, err := document(text, spec.Foreground)
	if err != nil {
		return nil, fmt.Errorf("start runner: %w", err)
	}
	defer stdin.Close()
	process, events, err := spawn(path, spec, o, stdin)
	if err != nil {
		if life != nil {
			_ = life.Close()
		}
		return nil, err
	}
	if life != nil {
		go func() { _, _ = life.Write(text) }() // ends when it was read, or nobody is there to read it
	}
	return &Started{Process: process, events: events, life: life}, nil
}

func spawn(path string, spec *Spec, o *StartOptions, stdin *os.File) (*osproc.Process, *os.File, error) {
	args := []string{Name, "--home-path=" + spec.Home, "--role-name=" + spec.Role}
	command, err := background.NewCommand(path, args, spec.Home, background.Marker{By: spec.By, Digest: spec.Digest})
	if err != nil {
		return nil, nil, err
	}
	child := osproc.Spec{
		Path: command.Path, Args: command.Args, Dir: command.Dir, Env: onOneProcessor(command.Env), Stdin: stdin, Link: command.Link,
		NewSession: !spec.Foreground, TailBytes: -1,
	}
	if spec.Foreground {
		child.Stdout, child.Stderr = o.Stdout, o.Stderr
	}
	process, err := osproc.Start(&child)
	command.Started()
	if err != nil {
		return nil, nil, errors.Join(err, command.Events.Close())
	}
	return process, command.Events, nil
}

// document gives the standard input of a runner. In the background it is a file
// without a name that holds the text, so that nobody has to wait until it was
// read. In the foreground it is a pipe that lives as long as this process does.
func document(text []byte, alive bool) (stdin, life *os.File, err error) {
	if alive {
		return os.Pipe()
	}
	stdin, err = nameless()
	if err != nil {
		return nil, nil, err
	}
	if _, err = stdin.Write(text); err == nil {
		_, err = stdin.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = stdin.Close()
		return nil, nil, fmt.Errorf("write specification: %w", err)
	}
	return stdin, nil, nil
}
