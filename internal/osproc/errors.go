package osproc

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// Reasons that errors of [Find] and [Start] wrap.
var (
	// ErrNotFound: there is no such file, or none of that name.
	ErrNotFound = errors.New("no such file")

	// ErrNotExecutable: the file is there, but nothing can execute it: no
	// permission, a directory, a format of another machine, or a missing
	// interpreter. The text says which.
	ErrNotExecutable = errors.New("not an executable file")

	// ErrNoResources: the system has no descriptor, process or memory to spare
	// now (EMFILE, ENFILE, EBADF, EAGAIN, ENOMEM). Worth trying again later.
	ErrNoResources = errors.New("out of resources")
)

// explain says why err, with the given errno, kept path from being started in
// dir, and what to do about it.
func explain(path, dir string, err error, errno syscall.Errno) error {
	switch errno {
	case syscall.EMFILE:
		return fmt.Errorf("%w: %w: close some, raise ulimit -n, or try again later", ErrNoResources, err)
	case syscall.EBADF: // the child has no number free for one that it is to inherit
		return fmt.Errorf("%w: too many open files: close some, raise ulimit -n, or try again later: %w", ErrNoResources, err)
	case syscall.EAGAIN:
		return fmt.Errorf("%w: too many processes: end some, raise ulimit -u, or try again later: %w", ErrNoResources, err)
	case syscall.ENFILE, syscall.ENOMEM:
		return fmt.Errorf("%w: %w: try again later", ErrNoResources, err)
	case syscall.ETXTBSY:
		return fmt.Errorf("%w: it is open for writing: close it first", err)
	case syscall.E2BIG:
		return fmt.Errorf("%w: arguments or environment are too large: pass less", err)
	case syscall.EINVAL:
		return fmt.Errorf("%w: is there a NUL byte in an argument or in the environment?", err)
	}
	if problem := explainDir(dir); problem != nil {
		return problem
	}
	return explainFile(path, err, errno)
}

// explainDir returns what is wrong with a working directory, or nil.
func explainDir(dir string) error {
	if dir == "" {
		return nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("working directory %w", pathless(dir, err))
	}
	if !info.IsDir() {
		return fmt.Errorf("working directory %s: %w", dir, syscall.ENOTDIR)
	}
	return nil
}

// pathless returns "dir: reason" without the name of the call that failed.
func pathless(dir string, err error) error {
	var pathErr *os.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return fmt.Errorf("%s: %w", dir, err)
}

// explainFile says what keeps the file at path from being executed.
func explainFile(path string, err error, errno syscall.Errno) error {
	info, missing := os.Stat(path)
	switch {
	case errors.Is(missing, syscall.ENOENT), errors.Is(missing, syscall.ENOTDIR):
		return notFound{errno}
	case missing != nil:
		return unexecutable("", err)
	case info.IsDir():
		return unexecutable("it is a directory", err)
	case errno == syscall.ENOENT:
		return unexecutable(strings.TrimSpace("its interpreter "+interpreter(path))+" is missing", err)
	case errno == syscall.ENOEXEC:
		return unexecutable("it is neither a program for this machine nor a script that begins with #!", err)
	case errno == syscall.EACCES && info.Mode()&0o111 == 0:
		return unexecutable("it has no execute permission (chmod +x it)", err)
	case errno == syscall.EACCES && interpreter(path) != "":
		return unexecutable("this user may not execute it, or its interpreter "+interpreter(path), err)
	case errno == syscall.EACCES || errno == syscall.EPERM:
		return unexecutable("this user may not execute it, or its file system forbids it", err)
	default:
		return err
	}
}

// notFound reads as ErrNotFound alone and matches its errno as well.
type notFound struct{ errno syscall.Errno }

func (notFound) Error() string     { return ErrNotFound.Error() }
func (e notFound) Unwrap() []error { return []error{ErrNotFound, e.errno} }

// unexecutable returns ErrNotExecutable with the reason, or that of err.
func unexecutable(reason string, err error) error {
	if reason == "" {
		return fmt.Errorf("%w: %w", ErrNotExecutable, err)
	}
	return because{reason, err}
}

// because reads as ErrNotExecutable and a reason, in place of the text of an
// errno that says less, and matches both.
type because struct {
	reason string
	err    error
}

func (b because) Error() string   { return ErrNotExecutable.Error() + ": " + b.reason }
func (b because) Unwrap() []error { return []error{ErrNotExecutable, b.err} }

// errnoOf returns the errno in the chain of err, or 0.
func errnoOf(err error) syscall.Errno {
	var errno syscall.Errno
	errors.As(err, &errno)
	return errno
}
