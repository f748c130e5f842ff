package live

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// suspension is how a program on a terminal is stopped by control-z and goes on by fg.
type suspension struct {
	asked     chan os.Signal // of the terminal, to stop; never, if the program is not to
	continued chan os.Signal
}

// suspendable begins to listen. After end, control-z does nothing: Go cannot hand it back.
func suspendable() *suspension {
	s := &suspension{asked: make(chan os.Signal, 1), continued: make(chan os.Signal, 1)}
	signal.Notify(s.continued, syscall.SIGCONT)
	if !signal.Ignored(syscall.SIGTSTP) {
		signal.Notify(s.asked, syscall.SIGTSTP)
	}
	return s
}

func (s *suspension) end() {
	signal.Stop(s.asked)
	signal.Stop(s.continued)
}

// stop stops the program, and returns when it goes on. The signal is one that, unlike
// SIGSTOP, does nothing where no shell is there to say fg.
func (s *suspension) stop() {
	select {
	case <-s.continued: // of another time
	default:
	}
	if syscall.Kill(os.Getpid(), syscall.SIGTTOU) != nil {
		return
	}
	select {
	case <-s.continued:
	case <-time.After(200 * time.Millisecond): // it was not stopped
	}
}
