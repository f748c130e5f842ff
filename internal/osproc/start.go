package osproc

import (
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Start starts the process that spec describes, in a process group of its own,
// and returns when it runs: it blocks for a fork and an exec. spec is not kept.
// Safe for concurrent use.
//
// The error wraps [ErrNotFound], [ErrNotExecutable] or [ErrNoResources] where
// one of them is the reason, and the system's errno. Nothing remains of a Start
// that failed. One that succeeded needs no further call: the process is
// reaped and its outputs are drained, whether or not somebody waits for Done.
func Start(spec *Spec) (*Process, error) {
	if !strings.Contains(spec.Path, "/") {
		return nil, fmt.Errorf("start %q: path has no slash: find it first", spec.Path)
	}
	path, err := spec.path()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", spec.Path, err)
	}
	tail := spec.tail()
	w, err := wire(spec, tail)
	if err != nil {
		return nil, startError(spec, path, err)
	}
	defer w.closeChildEnds()

	pid, pidfd, err := fork(spec, path, w.files)
	runtime.KeepAlive(spec) // its files stay open until the child has them
	if err != nil {
		w.closeOurEnds()
		return nil, startError(spec, path, err)
	}
	p := &Process{
		pid:     pid,
		pidfd:   pollable(pidfd),
		started: time.Now(),
		exited:  make(chan struct{}),
		done:    make(chan struct{}),
		tail:    tail,
		drains:  w.drains,
		onEnd:   spec.Ended,
	}
	for _, d := range p.drains {
		p.draining.Go(d.run)
	}
	p.bear()
	go p.watch()
	return p, nil
}

// attributes returns what is the same for a child on every system.
func attributes(spec *Spec, files []uintptr) *syscall.ProcAttr {
	return &syscall.ProcAttr{
		Dir:   spec.Dir,
		Env:   spec.env(),
		Files: files,
		Sys:   &syscall.SysProcAttr{Setpgid: !spec.NewSession, Setsid: spec.NewSession},
	}
}

// startError explains err, which kept spec from being started.
func startError(spec *Spec, path string, err error) error {
	return fmt.Errorf("start %s: %w", path, explain(path, spec.Dir, err, errnoOf(err)))
}
