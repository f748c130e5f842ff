package runner

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ansar-go/ansar/internal/history"
)

// clearLeftovers kills what is left of the session of a program whose runner was
// killed: the program has ended with it, but not what it had started itself.
func (p *plain) clearLeftovers() {
	run, err := p.file.Last()
	if err != nil || run == nil || run.End != nil && run.End.How != history.Vanished {
		return // its runner has seen to it
	}
	deadline := time.Now().Add(adoptedLimit)
	for time.Now().Before(deadline) {
		members := sessionOf(run.PID, marked(nil, p.spec.Home, p.spec.Role))
		for _, fd := range members {
			_ = unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0) // it may be gone by now
		}
		for _, fd := range members {
			left := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
			_, _ = unix.Poll(left, int(time.Until(deadline).Milliseconds()))
			_ = unix.Close(fd)
		}
		if len(members) == 0 {
			return
		}
	}
}

// sessionOf gives descriptors of the processes of a session whose environment
// has all the marks: the id of a session may be another's by now, its
// environment not.
func sessionOf(session int, marks []string) (members []int) {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil || !inSession(pid, session) {
			continue
		}
		fd, err := unix.PidfdOpen(pid, 0)
		if err != nil {
			continue
		}
		if inSession(pid, session) && carries(pid, marks) {
			members = append(members, fd)
		} else {
			_ = unix.Close(fd)
		}
	}
	return members
}

func inSession(pid, session int) bool {
	got, err := unix.Getsid(pid)
	return err == nil && got == session
}

func carries(pid int, marks []string) bool {
	env, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	if err != nil {
		return false
	}
	env = append([]byte{0}, env...)
	for _, mark := range marks {
		if !bytes.Contains(env, []byte("\x00"+mark+"\x00")) {
			return false
		}
	}
	return true
}
