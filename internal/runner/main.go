package runner

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/internal/background"
	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/logstore"
	"github.com/ansar-go/ansar/internal/osproc"
)

// orphanLimit is how long a program may take to end after the end of who it runs
// for.
const orphanLimit = 5 * time.Second

// memoryLimit is when garbage is collected, in bytes. A runner begins with less
// than 5 MB by this count, of which it touches 1.
const memoryLimit = 16 << 20

const (
	exitDone  = 0
	exitFault = 1
	exitUsage = 2
)

// Main is the program: it reads its [Spec] from standard input, stays with the
// role to its end, and exits.
func Main() {
	tell := background.Claim()
	if tell == nil {
		fmt.Fprintf(os.Stderr, "%s: it is started by ansar, with what it is to run, and not by hand\n", Name)
		os.Exit(exitUsage)
	}

	frugal()
	closeInherited()
	orders := make(chan os.Signal, 4)
	// SIGPIPE is heeded so that the end of a reader is an error and no death.
	// Whatever of these was ignored is not: programs inherit that.
	signal.Notify(orders, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGPIPE)
	status, err := play(tell, orders)
	if err != nil {
		locked := new(home.LockedError)
		if errors.As(err, &locked) {
			tell.Failed(err.Error(), locked.Holder.PID)
		} else {
			tell.Failed(err.Error(), 0)
		}
	}
	os.Exit(status)
}

// frugal keeps the program small, as there may be one for each role. What it
// does all day allocates nothing, so there is nothing to collect until something
// unusual happens. [Start] does its part: see processors.
func frugal() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(memoryLimit)
}

// play plays the role. The error says why it was not played at all.
func play(tell *background.Teller, orders <-chan os.Signal) (status int, err error) {
	spec, err := readSpec()
	if err != nil {
		return exitFault, err
	}
	h, err := home.Open(spec.Home)
	if err != nil {
		return exitFault, err
	}
	l := newLife(spec.Restart)
	go heed(orders, l.post)
	if spec.Component != nil {
		return keep(spec, h, tell, l)
	}
	if spec.Foreground {
		go attend(spec, l.post)
	}
	osproc.OwnMain()
	return playPlain(spec, h, tell, l)
}

// playPlain plays the role with a plain program.
func playPlain(spec *Spec, h *home.Home, tell *background.Teller, l *life) (int, error) {
	lock, err := h.Acquire(spec.Role)
	if err != nil {
		return exitFault, err
	}
	defer lock.Release()
	p := newPlain(spec, l.post)
	if spec.Foreground {
		l.restarts.rule.Policy = Never
		p.stdout.raw, p.stderr.raw = os.Stdout, os.Stderr
	} else {
		folder, err := h.Folder(home.Logs, spec.Role)
		if err != nil {
			return exitFault, err
		}
		log, err := logstore.Open(folder, spec.Storage)
		if err != nil {
			return exitFault, err
		}
		defer log.Close()
		p.out.store = log
	}
	p.home, p.lock, p.tell, p.file = h, lock, tell, history.Of(h, spec.Role)
	l.player = p
	p.clearLeftovers()
	if err := l.live(); err != nil {
		return exitFault, err
	}
	if spec.Foreground {
		return p.status(), nil
	}
	return exitDone, nil
}

// readSpec reads what to do. In the background standard input is of no use then.
func readSpec() (*Spec, error) {
	spec := &Spec{}
	if err := json.NewDecoder(os.Stdin).Decode(spec); err != nil {
		return nil, fmt.Errorf("read specification of %s: %w", Name, err)
	}
	if spec.Version != version {
		self, _ := os.Executable() // for people
		return nil, fmt.Errorf("%s (%s) is of another version than ansar: install both together", Name, self)
	}
	if err := spec.check(); err != nil {
		return nil, err
	}
	restoreProcessors(spec.Processors)
	if spec.Foreground {
		return spec, nil
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	return spec, replaceFile(int(null.Fd()), 0)
}

// heed turns signals into orders: the first is a stop, any other ends at once.
func heed(signals <-chan os.Signal, post func(occurrence)) {
	told := false
	for s := range signals {
		switch {
		case s == syscall.SIGPIPE:
		case told:
			post(occurrence{event: evKill})
		default:
			told = true
			post(occurrence{event: evStop, by: nameOf(s)})
		}
	}
}

// attend turns the end of the starter into an order.
func attend(spec *Spec, post func(occurrence)) {
	_ = syscall.SetNonblock(0, true) // so that it takes no thread
	_, _ = io.Copy(io.Discard, os.NewFile(0, "starter"))
	post(occurrence{event: evStop, by: "end of " + spec.By, limit: orphanLimit})
}
