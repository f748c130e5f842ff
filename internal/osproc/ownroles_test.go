//go:build linux

package osproc_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ansar-go/ansar/internal/osproc"
)

// The roles in this file use the package themselves, because what they show
// concerns a whole process.

// begin is Start for a role.
func begin(spec *osproc.Spec) *osproc.Process {
	p, err := osproc.Start(spec)
	must(err)
	return p
}

func find(name string) string {
	path, err := osproc.Find(name, nil)
	must(err)
	return path
}

func doze() *osproc.Spec {
	return &osproc.Spec{Path: find("sleep"), Args: []string{"sleep", "1000000"}}
}

// poor runs out of descriptors and starts with none, one, two free, and so on
// until it succeeds, so that each place that needs one fails. None may leak.
func poor([]string) {
	<-begin(&osproc.Spec{Path: find("true"), Stdout: io.Discard}).Done() // what is opened once, for ever, is open now
	must(syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 40, Max: 40}))
	spec := &osproc.Spec{Path: find("true"), Stdout: io.Discard}
	var taken []int
	for {
		fd, err := syscall.Open("/dev/null", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
		if err != nil {
			break
		}
		taken = append(taken, fd)
	}
	for failures := 0; ; failures++ {
		before := openBelow(40)
		p, err := osproc.Start(spec)
		if err == nil {
			<-p.Done()
			if failures < 6 { // /dev/null, two pipes, a pidfd
				must(fmt.Errorf("failed only %d times", failures))
			}
			fmt.Print("failed, then ", p.Exit())
			return
		}
		if !errors.Is(err, osproc.ErrNoResources) || !errors.Is(err, syscall.EMFILE) {
			must(fmt.Errorf("with %d free: %w", failures, err))
		}
		if after := openBelow(40); after != before {
			must(fmt.Errorf("with %d free: %d descriptors before, %d after", failures, before, after))
		}
		if _, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); err != syscall.ECHILD {
			must(fmt.Errorf("with %d free: a child is left: %v", failures, err))
		}
		must(syscall.Close(taken[failures]))
	}
}

// openBelow counts open descriptors without opening one.
func openBelow(limit int) (n int) {
	for fd := range limit {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil {
			n++
		}
	}
	return n
}

// owner starts a process with a death signal from a thread that ends, shows
// that the process outlives the thread, says its id, and waits to be killed.
func owner(args []string) {
	if args[0] == "own" {
		osproc.OwnMain()
	}
	type started struct {
		p      *osproc.Process
		thread int
	}
	result := make(chan started)
	var onThread func()
	onThread = func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		if syscall.Gettid() == os.Getpid() {
			go onThread() // the first thread cannot end
			pause()
		}
		spec := doze()
		spec.DeathSignal = syscall.SIGKILL
		result <- started{begin(spec), syscall.Gettid()}
	}
	go onThread()
	s := <-result
	for { // no event tells of the end of a thread
		if _, err := os.Stat("/proc/self/task/" + strconv.Itoa(s.thread)); err != nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	// Had the thread's end sent SIGKILL, it would come before this SIGSTOP.
	must(s.p.Signal(syscall.SIGSTOP))
	var info unix.Siginfo
	must(unix.Waitid(unix.P_PID, s.p.Pid(), &info, unix.WSTOPPED|unix.WEXITED|unix.WNOWAIT, nil))
	const stopped = 5 // CLD_STOPPED
	if info.Code != stopped {
		must(errors.New("the process ended with the thread that started it"))
	}
	fmt.Println(s.p.Pid())
	pause()
}

// lines is a Writer that keeps everything and tells when a text has come.
type lines struct {
	await string
	seen  chan struct{} // closed when await has come

	mu   sync.Mutex // guards the fields below
	text bytes.Buffer
	came bool
}

func awaiting(text string) *lines { return &lines{await: text, seen: make(chan struct{})} }

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(b)
	if !l.came && strings.Contains(l.text.String(), l.await) {
		l.came = true
		close(l.seen)
	}
	return len(b), nil
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// keeper adopts a chain of three sessions and kills it, while a child of its
// own and one of os/exec stay alive.
func keeper([]string) {
	osproc.OwnMain()
	// A drained output could be given up before the chain is complete.
	r, w, err := os.Pipe()
	must(err)
	spec := role("daemon", "nest", "2")
	spec.StdoutFile = w
	begin(spec)
	for line, in := "", bufio.NewReader(r); line != "nested\n"; must(err) {
		line, err = in.ReadString('\n')
	}
	managed := begin(doze())
	foreign := exec.Command(find("sleep"), "1000000")
	must(foreign.Start())

	fmt.Printf("killed %d", osproc.KillAdopted(hang))
	must(managed.Signal(syscall.SIGTERM))
	<-managed.Done()
	must(foreign.Process.Signal(syscall.SIGTERM))
	fmt.Printf(", own: %v, os/exec: %v", managed.Exit(), foreign.Wait())
	_, err = syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
	fmt.Printf(", then: %v, again %d", err, osproc.KillAdopted(hang))
}

// neighbour lets an adopted process end while children of its own and of
// os/exec have ended or come and go, and shows that each got its own status.
func neighbour([]string) {
	osproc.OwnMain()
	osproc.SetPatience(2 * time.Millisecond)
	foreign := exec.Command(find("sh"), "-c", "exit 7")
	must(foreign.Start())
	must(unix.Waitid(unix.P_PID, foreign.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil))

	said := awaiting("\n")
	spec := role("daemon", "exit", "0")
	spec.Stdout = said
	<-begin(spec).Done()
	adopted := number(strings.TrimSpace(said.String()))

	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for syscall.Kill(adopted, 0) != syscall.ESRCH {
			time.Sleep(time.Millisecond)
		}
	}()
	ends := 0
	for waiting := true; waiting || ends < 50; ends++ {
		p := begin(&osproc.Spec{Path: find("sh"), Args: []string{"sh", "-c", "exit 5"}})
		<-p.Done()
		if p.Exit().Status != 5 {
			must(fmt.Errorf("process %d: %v", ends, p.Exit()))
		}
		select {
		case <-gone:
			waiting = false
		default:
		}
	}
	fmt.Printf("os/exec: %v", foreign.Wait())
}

// undertaker shows that an adopted member of an ended child's group is reaped
// by the time the child is done.
func undertaker([]string) {
	osproc.OwnMain()
	osproc.SetPatience(time.Hour)
	said := awaiting("\n")
	spec := role("parent", "end")
	spec.Stdout = said
	<-begin(spec).Done()
	fmt.Print("member: ", syscall.Kill(number(strings.TrimSpace(said.String())), 0))
}

// fallback lives through the usual ends on a system without pidfd.
func fallback([]string) {
	osproc.WithoutPidfd()
	p := begin(role("exit", "3"))
	<-p.Done()
	fmt.Printf("%v, %v", p.Exit(), p.Signal(syscall.SIGTERM))
	p = begin(doze())
	must(p.Signal(syscall.SIGTERM))
	<-p.Done()
	fmt.Printf("; %v, %v", p.Exit(), p.SignalGroup(syscall.SIGTERM))
	said := awaiting("\n")
	spec := role("parent", "wait")
	spec.Stdout = said
	p = begin(spec)
	<-said.seen
	must(p.SignalGroup(syscall.SIGKILL))
	<-p.Done()
	fmt.Printf("; %v", p.Exit())
}
