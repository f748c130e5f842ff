package runner

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/internal/background"
	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/osproc"
)

// keeperSuffix ends the name of the lock that a keeper holds.
const keeperSuffix = ".keeper"

// kept is a process that a keeper watches: one that it started, or one that it
// found.
type kept interface {
	Pid() int
	Signal(syscall.Signal) error
	SignalGroup(syscall.Signal) error
	Done() <-chan struct{}
	Exit() osproc.Exit // of one that was found: Status is -1
}

// keeper keeps a component.
type keeper struct {
	spec *Spec
	post func(occurrence)
	tell *background.Teller
	home *home.Home
	file *history.File

	process kept
	began   time.Time // of the run
	base    int       // restarts before this keeper
	first   bool      // no run has begun before the present one

	mu      sync.Mutex // guards the fields below
	number  int        // of the run in the history; 0: it has not said so
	refused string     // why the component could not start, in its words
	locked  int        // who plays the role instead
}

// keep keeps a component until it is not to be started any more.
func keep(spec *Spec, h *home.Home, tell *background.Teller, l *life) (int, error) {
	lock, err := h.Acquire(spec.Role + keeperSuffix)
	if err != nil {
		return exitFault, err
	}
	defer lock.Release()
	k := &keeper{spec: spec, post: l.post, tell: tell, home: h, file: history.Of(h, spec.Role)}
	l.player = k
	if err := l.live(); err != nil {
		return exitFault, err
	}
	return exitDone, nil
}

// begin implements [player].
func (k *keeper) begin(restart int) error {
	k.mu.Lock()
	k.number, k.refused, k.locked = 0, "", 0
	k.mu.Unlock()
	k.began, k.first = time.Now(), restart == 0
	if restart > 0 || k.spec.Component.Adopt {
		if adopted, err := k.adopt(restart); adopted || err != nil {
			return err
		}
	}
	return k.start(restart)
}

// start starts the component.
func (k *keeper) start(restart int) error {
	c := k.spec.Component
	args := slices.Concat([]string{filepath.Base(c.Path), "--home-path=" + k.spec.Home, "--role-name=" + k.spec.Role}, c.Args)
	command, err := background.NewCommand(c.Path, args, k.spec.Home, background.Marker{
		By: k.spec.By, Restart: k.base + restart, Digest: k.digest(restart), Level: c.Level,
	})
	if err != nil {
		return err
	}
	process, err := osproc.Start(&osproc.Spec{
		Path: command.Path, Args: command.Args, Env: environment(c.Env, command.Env), Dir: command.Dir,
		Link: command.Link, NewSession: true, TailBytes: -1,
	})
	command.Started()
	if err != nil {
		return errors.Join(err, command.Events.Close())
	}
	k.process = process
	go k.follow(process, command.Events, restart)
	return nil
}

// digest is that of the program at the first start. Later it may be another one.
func (k *keeper) digest(restart int) string {
	if restart > 0 {
		return ""
	}
	return k.spec.Digest
}

// environment is that of the component: given, and the marker.
func environment(given, command []string) []string {
	if given == nil {
		return command
	}
	marker := command[slices.IndexFunc(command, func(v string) bool { return strings.HasPrefix(v, background.Variable+"=") })]
	return append(given[:len(given):len(given)], marker)
}

// follow hears what a component says of its start, and waits for its end.
func (k *keeper) follow(process *osproc.Process, events *os.File, restart int) {
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		defer events.Close()
		for {
			event, err := background.Read(events)
			if err != nil {
				return
			}
			k.hear(event, restart)
		}
	}()
	<-process.Done()
	_ = events.SetReadDeadline(time.Now().Add(100 * time.Millisecond)) // a stray may hold the pipe
	<-heard
	k.post(occurrence{event: evEnd, run: restart})
}

// hear takes a word of the component.
func (k *keeper) hear(event background.Event, restart int) {
	switch event.Kind {
	case background.Started:
		k.mu.Lock()
		k.number = event.Run
		k.mu.Unlock()
		k.tell.StartedAs(event.PID, event.Run)
	case background.Ready:
		k.post(occurrence{event: evReady, run: restart})
	case background.Failed:
		k.mu.Lock()
		k.refused, k.locked = event.Error, event.Locked
		k.mu.Unlock()
	}
}

// ready implements [player]. The component has written it down.
func (k *keeper) ready() { k.tell.Ready() }

// ask implements [player].
func (k *keeper) ask(by string) time.Duration {
	if n := k.run(); n > 0 && !askedFor(k.file, n) {
		_ = k.file.Stopping(n, by) // the component is stopped all the same
	}
	_ = k.process.Signal(syscall.SIGINT) // its end comes as an event
	_ = k.process.Signal(syscall.SIGCONT)
	return cmp.Or(k.spec.Component.Grace, 10*time.Second)
}

// terminate implements [player]. To the component it is a second order: it kills
// what is below it.
func (k *keeper) terminate() {
	_ = k.process.Signal(syscall.SIGTERM)
	_ = k.process.Signal(syscall.SIGCONT)
}

// kill implements [player].
func (k *keeper) kill() { _ = k.process.SignalGroup(syscall.SIGKILL) }
