package runner

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/internal/background"
	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/osproc"
)

// pipeBytes is the size of each pipe, half of what is usual. The other half is
// what was read from it and is being stored: when the runner and its program are
// killed together, no more is lost than one usual pipe.
const pipeBytes = 32 << 10

// adoptedLimit is how long the kernel has to end what a program left behind.
const adoptedLimit = 2 * time.Second

// plain plays a role with a plain program.
type plain struct {
	spec *Spec
	post func(occurrence)
	tell *background.Teller // nil: nobody listens
	home *home.Home
	lock *home.Lock
	file *history.File
	out  *output

	stdout, stderr *stream

	process *osproc.Process // of the present run, or of the last
	rest    *rest           // of its grace
	number  int             // of that run in the history; 0: it could not be written
	exit    osproc.Exit     // of that run, when it has ended
	forced  syscall.Signal  // the last one that was sent after the grace; 0: none
}

func newPlain(spec *Spec, post func(occurrence)) *plain {
	p := &plain{spec: spec, post: post, out: &output{role: spec.Role}}
	p.stdout = &stream{output: p.out, tag: tagStdout}
	p.stderr = &stream{output: p.out, tag: tagStderr}
	return p
}

// begin implements [player].
func (p *plain) begin(restart int) error {
	program := p.spec.Program
	env := p.environment()
	dir := cmp.Or(program.Dir, p.spec.Home)
	path, err := find(program.Path, env)
	if err != nil {
		return err
	}
	w, err := program.Readiness.prepare(env, dir)
	if err != nil {
		return err
	}
	_, _ = p.lock.EmptyTmp() // what is left in it does no harm
	run := history.Begin{Executable: filepath.Base(program.Path), By: p.spec.By, Restart: restart, Parent: os.Getpid()}
	run.Digest, _ = history.Digest(p.home, run.Executable, path) // it is for people to compare
	rest := newRest()
	p.rest = rest
	err = p.out.begin(w.line, func() (pid int, err error) {
		run.Started = time.Now() // before its first line
		p.process, err = osproc.Start(&osproc.Spec{
			Path: path, Args: append([]string{program.Path}, program.Args...), Env: append(env[:len(env):len(env)], w.env...), Dir: dir,
			Stdout: p.stdout, Stderr: p.stderr, PipeBytes: pipeBytes, TailBytes: -1, Link: w.link, DeathSignal: syscall.SIGKILL, NewSession: true,
			Ended: func(process *osproc.Process) { p.clear(process, rest) },
		})
		if err != nil {
			return 0, err
		}
		return p.process.Pid(), nil
	})
	if err != nil {
		w.abandon()
		return err
	}
	w.began()
	p.exit, p.forced = osproc.Exit{}, 0
	p.record(run)
	p.tell.StartedAs(p.process.Pid(), p.number)
	p.follow(p.process, w, restart)
	return nil
}

// environment is that of the program: its own, and whose it is.
func (p *plain) environment() []string {
	env := p.spec.Program.Env
	if env == nil {
		env = os.Environ()
	}
	return marked(env, p.spec.Home, p.spec.Role)
}

// follow tells when a run is ready, and when nothing is left of it, in this
// order.
func (p *plain) follow(process *osproc.Process, w *watcher, restart int) {
	ctx, stop := context.WithCancel(context.Background())
	var watch sync.WaitGroup
	watch.Go(func() {
		if w.wait(ctx, process.Pid()) {
			p.post(occurrence{event: evReady, run: restart})
		}
	})
	go func() {
		<-process.Done()
		stop()
		watch.Wait()
		p.post(occurrence{event: evEnd, run: restart})
	}()
}

// find looks a program up, in the PATH that it will have.
func find(name string, env []string) (string, error) {
	var dirs []string
	for _, v := range env {
		if list, ok := strings.CutPrefix(v, "PATH="); ok {
			dirs = filepath.SplitList(list)
		}
	}
	return osproc.Find(name, dirs)
}

// record notes the beginning of a run. That it cannot be noted does not keep the
// program from running: a full disk shall not.
func (p *plain) record(run history.Begin) {
	run.PID = p.process.Pid()
	var err error
	if p.number, err = p.file.Begin(run); err != nil {
		p.out.say(tagWarning, "the history is not written: "+err.Error())
	}
}

// ready implements [player].
func (p *plain) ready() {
	if p.number > 0 {
		_ = p.file.Ready(p.number) // as in record
	}
	p.tell.Ready()

}

// ask implements [player].
func (p *plain) ask(by string) time.Duration {
	program := p.spec.Program
	p.noteStop(by)
	p.rest.asked.Store(true)
	send := p.process.Signal
	if program.StopGroup {
		send = p.process.SignalGroup
	}
	_ = send(cmp.Or(program.StopSignal, syscall.SIGTERM)) // its end comes as an event
	_ = send(syscall.SIGCONT)                             // one that is suspended must wake to end
	return cmp.Or(program.Grace, 10*time.Second)
}

// noteStop writes down who stops the run, where the stopper has not.
func (p *plain) noteStop(by string) {
	if p.number == 0 || askedFor(p.file, p.number) {
		return
	}
	_ = p.file.Stopping(p.number, by) // as in record
}

// askedFor reports whether somebody has noted that he stops the run.
func askedFor(file *history.File, number int) bool {
	run, err := file.Last()
	return err == nil && run != nil && run.Number == number && len(run.Stops) > 0
}
