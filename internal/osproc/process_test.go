//go:build linux

package osproc_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/sys/unix"

	"github.com/ansar-go/ansar/internal/osproc"
)

func TestExitStatus(t *testing.T) {
	for _, want := range []int{0, 1, 255} {
		t.Run(fmt.Sprintf("exit %d is reported", want), func(t *testing.T) {
			p := start(t, role("exit", fmt.Sprint(want)))
			await(t, p.Done(), "done")
			got := p.Exit()
			if diff := cmp.Diff(osproc.Exit{Status: want}, got, ignoreUse); diff != "" {
				t.Errorf("exit (-want +got):\n%s", diff)
			}
			if got.Took <= 0 || got.Usage.MaxResident <= 0 || got.Usage.User+got.Usage.System <= 0 {
				t.Errorf("no use reported: %+v", got)
			}
		})
	}
}

var ignoreUse = cmpopts.IgnoreFields(osproc.Exit{}, "Took", "Usage")

func TestExitSignal(t *testing.T) {
	fatal := []syscall.Signal{
		syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGILL, syscall.SIGTRAP, syscall.SIGABRT, syscall.SIGBUS,
		syscall.SIGFPE, syscall.SIGKILL, syscall.SIGUSR1, syscall.SIGSEGV, syscall.SIGUSR2, syscall.SIGPIPE, syscall.SIGALRM,
		syscall.SIGTERM, syscall.SIGSTKFLT, syscall.SIGXCPU, syscall.SIGXFSZ, syscall.SIGVTALRM, syscall.SIGPROF, syscall.SIGIO,
		syscall.SIGPWR, syscall.SIGSYS, syscall.Signal(34), syscall.Signal(64),
	}
	for _, sig := range fatal {
		t.Run(fmt.Sprintf("%v ends the process and is reported", sig), func(t *testing.T) {
			spec := sleeper(t)
			spec.Dir = t.TempDir() // some of them leave a core file
			p := start(t, spec)
			kill(t, p.Signal, sig)
			await(t, p.Done(), "done")
			want := osproc.Exit{Status: -1, Signal: sig}
			if diff := cmp.Diff(want, p.Exit(), ignoreUse, cmpopts.IgnoreFields(osproc.Exit{}, "CoreDumped")); diff != "" {
				t.Errorf("exit (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAfterTheEndNothingIsSignalled(t *testing.T) {
	p := start(t, role("exit", "0"))
	await(t, p.Exited(), "exited")
	sends := map[string]func(syscall.Signal) error{"Signal": p.Signal, "SignalGroup": p.SignalGroup}
	for _, when := range []<-chan struct{}{p.Exited(), p.Done()} {
		await(t, when, "there")
		for name, send := range sends {
			if err := send(syscall.SIGTERM); !errors.Is(err, os.ErrProcessDone) {
				t.Errorf("%s after the end: %v, want %v", name, err, os.ErrProcessDone)
			}
		}
	}
}

func TestInvalidSignalIsAnError(t *testing.T) {
	p := start(t, sleeper(t))
	if err := p.Signal(1000); !errors.Is(err, syscall.EINVAL) || !strings.HasPrefix(err.Error(), "signal process ") {
		t.Errorf("got %v", err)
	}
}

func TestBeforeTheEndNothingIsKnown(t *testing.T) {
	p := start(t, sleeper(t))
	if diff := cmp.Diff(osproc.Exit{}, p.Exit()); diff != "" {
		t.Errorf("exit (-want +got):\n%s", diff)
	}
	if err := p.WriteErr(); err != nil {
		t.Error(err)
	}
	select {
	case <-p.Exited():
		t.Error("exited")
	case <-p.Done():
		t.Error("done")
	default:
	}
}

func TestStubbornProcess(t *testing.T) {
	ready, no := awaiting("ready"), awaiting("no")
	spec := role("stubborn")
	spec.Stdout = io.MultiWriter(ready, no)
	p := start(t, spec)
	await(t, ready.seen, "ready")
	kill(t, p.Signal, syscall.SIGTERM)
	await(t, no.seen, "refused")
	kill(t, p.Signal, syscall.SIGKILL)
	await(t, p.Done(), "done")
	if got := p.Exit().String(); got != "signal: killed" {
		t.Errorf("got %s", got)
	}
}

func TestStoppedProcessCanBeKilled(t *testing.T) {
	p := start(t, sleeper(t))
	kill(t, p.Signal, syscall.SIGSTOP)
	if err := unix.Waitid(unix.P_PID, p.Pid(), nil, unix.WSTOPPED|unix.WNOWAIT, nil); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.Exited():
		t.Fatal("a stopped process is taken for one that ended")
	default:
	}
	kill(t, p.SignalGroup, syscall.SIGKILL)
	await(t, p.Done(), "done")
	if got := p.Exit().Signal; got != syscall.SIGKILL {
		t.Errorf("ended by %v", got)
	}
}

func TestGroupEndsWithItsLeader(t *testing.T) {
	tests := []struct {
		name string
		then string
		end  func(p *osproc.Process) error
	}{
		{"when the leader exits", "end", func(*osproc.Process) error { return nil }},
		{"when the leader alone is killed", "wait", func(p *osproc.Process) error { return p.Signal(syscall.SIGKILL) }},
		{"when the group is killed", "wait", func(p *osproc.Process) error { return p.SignalGroup(syscall.SIGKILL) }},
		{"when the group is terminated", "wait", func(p *osproc.Process) error { return p.SignalGroup(syscall.SIGTERM) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			said := awaiting("\n")
			spec := role("parent", tt.then)
			spec.Stdout = said
			p := start(t, spec)
			await(t, said.seen, "started")
			member := number(strings.TrimSpace(said.String()))
			if err := tt.end(p); err != nil {
				t.Fatal(err)
			}
			await(t, p.Done(), "done")
			if running(member) {
				t.Errorf("member %d of the group still runs", member)
			}
			// A leader that dies while it waits may reap the member itself.
			_, _ = syscall.Wait4(member, nil, 0, nil)
		})
	}
}

func TestNewSession(t *testing.T) {
	for _, own := range []bool{true, false} {
		t.Run(fmt.Sprintf("a session of its own: %v, a group always", own), func(t *testing.T) {
			spec := sleeper(t)
			spec.NewSession = own
			p := start(t, spec)
			session, err := unix.Getsid(p.Pid())
			if err != nil {
				t.Fatal(err)
			}
			if (session == p.Pid()) != own {
				t.Errorf("session %d of process %d", session, p.Pid())
			}
			if group, err := syscall.Getpgid(p.Pid()); err != nil || group != p.Pid() {
				t.Errorf("group %d of process %d (%v)", group, p.Pid(), err)
			}
		})
	}
}

func TestChildReceivesWhatSpecSays(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	path, err := filepath.Rel(here, self())
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	spec := role("where", "a b", "")
	spec.Path, spec.Dir, spec.Stdout = "./"+path, dir, &said
	spec.Env = append(spec.Env, "OSPROC_TEST_MARK=mark")
	p := start(t, spec)
	await(t, p.Done(), "done")
	if diff := cmp.Diff(dir+` ["a b" ""] mark`, said.String()); diff != "" {
		t.Errorf("child sees (-want +got):\n%s", diff)
	}
}

// All descriptors of this process are close-on-exec, those apart that were
// handed down to it without.
func TestChildHasOnlyItsDescriptors(t *testing.T) {
	ours, theirs := socketpair(t)
	defer ours.Close()
	defer theirs.Close()
	start(t, sleeper(t)) // has pipes and a pidfd here
	tests := []struct {
		name string
		link *os.File
		want []string
	}{
		{"three without a link", nil, []string{"0", "1", "2"}},
		{"four with one", theirs, []string{"0", "1", "2", "3"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var said bytes.Buffer
			p := start(t, &osproc.Spec{
				Path:   tool(t, "sh"),
				Args:   []string{"sh", "-c", `for f in /proc/$$/fd/*; do [ -e "$f" ] && echo "${f##*/}"; done`},
				Link:   tt.link,
				Stdout: &said,
			})
			await(t, p.Done(), "done")
			got := slices.DeleteFunc(strings.Fields(said.String()), func(fd string) bool {
				return slices.Contains(handedDown, fd) && !slices.Contains(tt.want, fd)
			})
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("descriptors (-want +got):\n%s", diff)
			}
		})
	}
}

// handedDown are the descriptors that came to this process from its parent.
var handedDown = func() (fds []string) {
	for fd := 3; fd < 1024; fd++ {
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			fds = append(fds, strconv.Itoa(fd))
		}
	}
	return fds
}()

func TestLinkIsDescriptor3(t *testing.T) {
	ours, theirs := socketpair(t)
	spec := role("link")
	spec.Link = theirs
	p := start(t, spec)
	theirs.Close()
	if _, err := ours.Write([]byte("ping")); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 4)
	if _, err := io.ReadFull(ours, got); err != nil || string(got) != "ping" {
		t.Errorf("read %q, %v", got, err)
	}
	ours.Close()
	await(t, p.Done(), "done")
	if got := p.Exit(); got.Status != 0 {
		t.Errorf("%v: %s", got, p.Tail())
	}
}

func socketpair(t *testing.T) (ours, theirs *os.File) {
	t.Helper()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(fds[0]), "ours"), os.NewFile(uintptr(fds[1]), "theirs")
}

// Nothing of many lives and failed starts is left in this process.
func TestDescriptorsAreClosed(t *testing.T) {
	await(t, start(t, sleeperThatEnds(t)).Done(), "done") // opens what stays open: the poller
	before := descriptors(t)
	for range 20 {
		spec := sleeperThatEnds(t)
		spec.Stdout, spec.Stderr = io.Discard, io.Discard
		await(t, start(t, spec).Done(), "done")
		if _, err := osproc.Start(&osproc.Spec{Path: "/absent", Stdout: io.Discard}); !errors.Is(err, osproc.ErrNotFound) {
			t.Fatal(err)
		}
	}
	if after := descriptors(t); after != before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

func sleeperThatEnds(t *testing.T) *osproc.Spec {
	return &osproc.Spec{Path: tool(t, "sleep"), Args: []string{"sleep", "0"}}
}

func TestDoneComesWithoutAWaiter(t *testing.T) {
	p := start(t, role("exit", "4"))
	deadline := time.Now().Add(hang)
	for state(fmt.Sprint(p.Pid())) != "" { // reaped, though nobody has asked
		if time.Now().After(deadline) {
			t.Fatal("not reaped")
		}
		time.Sleep(time.Millisecond)
	}
	await(t, p.Done(), "done")
}
