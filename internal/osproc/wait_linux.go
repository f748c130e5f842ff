package osproc

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// end waits for the end of the process, announces it, kills what is left of
// its group while the id is reserved, and reaps it.
func (p *Process) end() {
	exit, err := p.await()
	defer born.CompareAndDelete(p.pid, p) // after the reaping, when another may have the id
	if p.pidfd != nil {
		defer p.pidfd.Close()
	}
	if err != nil {
		// Somebody in this program reaped it with a blanket wait, so the id is
		// reserved no more, and nothing may be done with it.
		p.announce(Exit{Status: -1})
		return
	}
	p.announce(exit)
	p.tellEnd()
	_ = syscall.Kill(-p.pid, syscall.SIGKILL) // the process itself is still a member: no other group can have the id
	reap(p.pid)
}

// await returns when the process has ended. It has not been reaped then.
func (p *Process) await() (exit Exit, err error) {
	ended := false
	if p.pidfd != nil {
		if conn, refused := p.pidfd.SyscallConn(); refused == nil {
			_ = conn.Read(func(fd uintptr) bool {
				exit, ended, err = peek(unix.P_PIDFD, int(fd), unix.WNOHANG)
				return ended || err != nil
			})
		}
	}
	for !ended && err == nil {
		exit, ended, err = peek(unix.P_PID, p.pid, 0)
	}
	return exit, err
}

// reap releases the id of an ended child.
func reap(pid int) {
	for {
		if _, err := syscall.Wait4(pid, nil, 0, nil); err != syscall.EINTR {
			return
		}
	}
}

// send signals the process itself. The caller holds mu, and it has not ended.
func (p *Process) send(sig syscall.Signal) (err error) {
	if p.pidfd == nil {
		return syscall.Kill(p.pid, sig)
	}
	conn, err := p.pidfd.SyscallConn()
	if err != nil {
		return err
	}
	closed := conn.Control(func(fd uintptr) { err = unix.PidfdSendSignal(int(fd), sig, nil, 0) })
	if closed != nil {
		return closed
	}
	return err
}
