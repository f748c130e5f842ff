package framework

import (
	"errors"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// redirect makes the write ends of two pipes the standard output and the standard
// error of the process, in every form: the descriptors, which children may
// inherit, and what os.Stdout and os.Stderr are. It takes the files over, also
// when it fails. undo gives the null device back to all of them.
//
// Descriptor 2 alone never blocks. The Go runtime writes its last words to it
// when the program crashes, when nobody is left to drain the pipe; they go to the
// crash report as well. What is written by os.Stderr waits for the drain.
func redirect(out, errs *os.File) (undo func(), err error) {
	null, err := unix.Open(os.DevNull, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, errors.Join(err, out.Close(), errs.Close())
	}
	kept := *os.Stderr // or the runtime would close descriptor 2 with it
	end := int(errs.Fd())
	undo = func() {
		runtime.KeepAlive(&kept)
		for _, fd := range []int{1, 2, end} {
			_ = dup(null, fd) // os.Stderr may be in use, and stays
		}
		_ = unix.Close(null)
	}
	_ = out.Fd() // makes it blocking, as programs expect
	last, err := lastWords(end)
	if err == nil {
		err = errors.Join(dup(int(out.Fd()), 1), dup(last, 2), unix.Close(last))
	}
	if err = errors.Join(err, out.Close()); err != nil {
		undo()
		return nil, errors.Join(err, errs.Close())
	}
	*os.Stderr = *errs
	return undo, nil
}
