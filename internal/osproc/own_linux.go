package osproc

import (
	"os"
	"os/signal"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// own is what this process is to its descendants. It is package-level because
// the facts behind it (subreaper, signals, threads) are those of the process.
var own = ownMain{patience: 5 * time.Second}

type ownMain struct {
	claimed  atomic.Bool
	patience time.Duration // how long an adopted zombie stays unclaimed before it is reaped; fixed before the first Start

	spawning sync.Once
	spawns   chan func()

	watching sync.Once
	reaping  sync.Mutex // held by whoever looks for adopted processes
}

// OwnMain says that this program is one of ours from its main function down,
// and so answers for its descendants. It becomes a child subreaper: a
// descendant whose parent ended is adopted by it rather than by init, reaped
// when it ends, and killed by [KillAdopted]. And [Spec.DeathSignal] is honoured.
//
// A program that is not ours must not call it: adopted processes would be news
// to it. Calling it twice does nothing more. On Linux before 5.4 nothing that
// is adopted is reaped or killed.
//
// Children that this program starts in other ways, with os/exec, stay its own:
// see [KillAdopted] for how they are told apart.
func OwnMain() {
	if own.claimed.Swap(true) {
		return
	}
	// The error is that of a kernel before 3.4; without it, init adopts.
	_ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
}

// onSpawner runs start on a thread that lives as long as the process. A death
// signal follows the thread that forked, and Go ends threads.
func (o *ownMain) onSpawner(start func()) {
	o.spawning.Do(func() {
		o.spawns = make(chan func())
		for range spawners {
			go o.spawner(func() {})
		}
	})
	done := make(chan struct{})
	o.spawns <- func() { start(); close(done) }
	<-done
}

// spawners is how many forks may be under way at once: the next one begins while
// who asked for the last one is being woken.
const spawners = 2

// spawner forks on its thread, which is not the first one: the kernel gives that what
// this process adopts, and so its list of children is short. settled is called when it has one.
func (o *ownMain) spawner(settled func()) {
	runtime.LockOSThread()
	if syscall.Gettid() == os.Getpid() {
		elsewhere := make(chan struct{})
		go o.spawner(func() { close(elsewhere) })
		<-elsewhere // this thread is taken until the other has its own
		runtime.UnlockOSThread()
		return
	}
	settled()
	for f := range o.spawns {
		f()
	}
}

// watchOrphans begins to reap what is adopted. A program that starts nothing
// adopts nothing, so the first Start is early enough.
func (o *ownMain) watchOrphans() {
	if !pidfdWorks() {
		return
	}
	o.watching.Do(func() {
		ended := make(chan os.Signal, 1)
		signal.Notify(ended, syscall.SIGCHLD)
		go o.sweepFor(ended)
	})
}

// sweepFor sweeps after children have ended: once for any number of them, when
// their ends had time to be claimed, and again while some are not. It takes no
// time while nothing ends.
func (o *ownMain) sweepFor(ended <-chan os.Signal) {
	zombies := unclaimed{patience: o.patience}
	for range ended {
		for again := true; again; {
			time.Sleep(o.patience)
			again = o.sweep(&zombies)
		}
	}
}

// sweep reaps the adopted zombies that nobody claimed in time, and reports
// whether there are others.
func (o *ownMain) sweep(zombies *unclaimed) (more bool) {
	o.reaping.Lock()
	defer o.reaping.Unlock()
	if _, ended, err := peek(unix.P_ALL, 0, unix.WNOHANG); !ended || err != nil {
		zombies.seen = nil
		return false
	}
	found := adopted(func(s stat) bool { return s.state == 'Z' })
	defer closeAll(found)
	byID := make(map[identity]orphan, len(found))
	for _, f := range found {
		byID[f.identity] = f
	}
	ripe := zombies.ripe(time.Now(), byID)
	for _, id := range ripe {
		byID[id].reap()
	}
	return len(ripe) < len(found)
}
