package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

func init() { programs["stepwise"] = stepwise }

// stepwise becomes ansar with the given arguments, and gives the listener of
// its breakpoints to who reads the other end of descriptor 3.
//
// The kernel holds such a process, and all that it starts, before each system
// call that changes something, until the listener lets it go on. This needs no
// privileges and no debugger, and is the same at each try, as far as the
// process does the same.
func stepwise() {
	if err := becomeStepwise(); err != nil {
		fmt.Fprintln(os.Stderr, "stepwise:", err)
		os.Exit(125)
	}
}

func becomeStepwise() error {
	ansar, err := exec.LookPath("ansar")
	if err != nil {
		return err
	}
	runtime.LockOSThread() // the thread that has the filter is the one that executes
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	filter := changes()
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	listener, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER, uintptr(unsafe.Pointer(&program)))
	if errno != 0 {
		return errno
	}
	if err := unix.Sendmsg(3, []byte{0}, unix.UnixRights(int(listener)), nil, 0); err != nil {
		return err
	}
	unix.CloseOnExec(3)
	return unix.Exec(ansar, append([]string{"ansar"}, os.Args[1:]...), os.Environ())
}

// renames are the calls by which files are renamed on this architecture.
var renames = []uint32{unix.SYS_RENAMEAT2}

// changes is the filter: the listener is asked before a file is made, written,
// renamed, removed, cut, brought to the disk or locked, and before a signal.
func changes() []unix.SockFilter {
	const (
		numberAt = 0  // of the system call, in struct seccomp_data
		firstAt  = 16 // its first argument, the lower half
		width    = 8
		asks     = unix.SECCOMP_RET_USER_NOTIF
	)
	load := func(at uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: at}
	}
	// test skips the next instruction unless it holds.
	test := func(how uint16, value uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | how | unix.BPF_K, K: value, Jf: 1}
	}
	ask := unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: asks}
	allow := unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW}

	filter := []unix.SockFilter{load(numberAt)}
	for _, call := range append([]uint32{
		unix.SYS_UNLINKAT, unix.SYS_MKDIRAT, unix.SYS_SYMLINKAT, unix.SYS_LINKAT,
		unix.SYS_FSYNC, unix.SYS_FTRUNCATE, unix.SYS_PWRITE64, unix.SYS_COPY_FILE_RANGE, unix.SYS_PIDFD_SEND_SIGNAL, unix.SYS_KILL,
	}, renames...) {
		filter = append(filter, test(unix.BPF_JEQ, call), ask)
	}
	// A call counts if one of its arguments is such.
	only := func(call uint32, argument uint32, how uint16, values ...uint32) {
		body := []unix.SockFilter{load(firstAt + width*argument)}
		for _, v := range values {
			body = append(body, test(how, v), ask)
		}
		body = append(body, allow)
		filter = append(filter, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: call, Jf: uint8(len(body))})
		filter = append(filter, body...)
	}
	only(unix.SYS_OPENAT, 2, unix.BPF_JSET, unix.O_CREAT)
	only(unix.SYS_FCNTL, 1, unix.BPF_JEQ, unix.F_OFD_SETLK, unix.F_OFD_SETLKW)
	only(unix.SYS_WRITE, 0, unix.BPF_JGE, 3)
	return append(filter, allow)
}

// killedBefore runs a command, and kills it with SIGKILL instead of its call of
// that number, from 1, that changes something. It returns how many calls there
// were without that one. What it has started goes on, and ends before the test.
func (h *house) killedBefore(number int, args ...string) (calls int, killed bool) {
	h.Helper()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		h.Fatal(err)
	}
	theirs := os.NewFile(uintptr(pair[1]), "listener")
	cmd := exec.Command("stepwise", args...)
	cmd.Dir, cmd.ExtraFiles = h.dir, []*os.File{theirs}
	err = cmd.Start()
	theirs.Close()
	defer unix.Close(pair[0])
	if err != nil {
		h.Fatal(err)
	}
	listener, err := receiveDescriptor(pair[0])
	if err != nil {
		h.Fatalf("%v, %v", err, cmd.Wait())
	}
	b := &breakpoints{listener: listener, target: cmd.Process.Pid, number: number, done: make(chan error, 1)}
	go func() { b.done <- b.serve() }()
	h.Cleanup(func() {
		_, _ = h.command("--force", "stop", "--grace=1").Output() // nothing may be held when the listener closes
		select {
		case err := <-b.done:
			if err != nil {
				h.Errorf("breakpoints: %v", err)
			}
		case <-time.After(hang):
			h.Error("something that is held lives on")
		}
	})
	_ = cmd.Wait() // killed, or its status does not matter
	return int(b.calls.Load()), cmd.ProcessState.ExitCode() < 0
}

// canBreak reports whether this kernel, and whoever confines us, has what
// stepwise needs.
func canBreak() bool {
	action := uint32(unix.SECCOMP_RET_USER_NOTIF)
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_GET_ACTION_AVAIL, 0, uintptr(unsafe.Pointer(&action)))
	return errno == 0
}

func receiveDescriptor(socket int) (int, error) {
	control := make([]byte, unix.CmsgSpace(4))
	_, n, _, _, err := unix.Recvmsg(socket, make([]byte, 1), control, unix.MSG_CMSG_CLOEXEC)
	if err != nil {
		return 0, err
	}
	messages, err := unix.ParseSocketControlMessage(control[:n])
	if err != nil || len(messages) != 1 {
		return 0, errors.Join(err, errors.New("no listener"))
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil {
		return 0, err
	}
	return fds[0], nil
}

// breakpoints is one family of processes that is held at calls.
type breakpoints struct {
	listener int
	target   int // the process whose calls count
	number   int // the call instead of which it is killed
	calls    atomic.Int32
	done     chan error
}

// serve lets everybody go on, but for the target at its last call, until there
// is none left.
func (b *breakpoints) serve() error {
	defer unix.Close(b.listener)
	for {
		poll := []unix.PollFd{{Fd: int32(b.listener), Events: unix.POLLIN}}
		if _, err := unix.Poll(poll, -1); err != nil && !errors.Is(err, unix.EINTR) {
			return err
		}
		if poll[0].Revents&unix.POLLIN == 0 {
			if poll[0].Revents&(unix.POLLHUP|unix.POLLERR) != 0 {
				return nil
			}
			continue
		}
		var request [80]byte // struct seccomp_notif
		if err := b.ioctl(unix.SECCOMP_IOCTL_NOTIF_RECV, &request[0]); errors.Is(err, unix.ENOENT) || errors.Is(err, unix.EINTR) {
			continue // it was killed by another
		} else if err != nil {
			return err
		}
		thread := binary.NativeEndian.Uint32(request[8:])
		if _, err := os.Stat(fmt.Sprintf("/proc/%d/task/%d", b.target, thread)); err == nil {
			if int(b.calls.Load())+1 == b.number {
				if err := unix.Kill(b.target, unix.SIGKILL); err != nil { // it is there: nobody reaps what is held
					return err
				}
				continue
			}
			b.calls.Add(1)
		}
		var answer [24]byte // struct seccomp_notif_resp
		copy(answer[:8], request[:8])
		binary.NativeEndian.PutUint32(answer[20:], unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE)
		if err := b.ioctl(unix.SECCOMP_IOCTL_NOTIF_SEND, &answer[0]); err != nil && !errors.Is(err, unix.ENOENT) {
			return err
		}
	}
}

func (b *breakpoints) ioctl(request uint, data *byte) error {
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(b.listener), uintptr(request), uintptr(unsafe.Pointer(data))); errno != 0 {
		return errno
	}
	return nil
}
