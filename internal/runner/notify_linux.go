package runner

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// listen waits for the message READY=1 at the socket NOTIFY_SOCKET. Its name is
// abstract: it needs no folder, and leaves nothing behind.
func listen() (*watcher, error) {
	name := "@ansar-" + rand.Text()
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err == nil {
		err = wantSender(conn)
	}
	if err != nil {
		return nil, fmt.Errorf("listen for notifications: %w", err)
	}
	return &watcher{
		env: []string{"NOTIFY_SOCKET=" + name},
		wait: func(ctx context.Context, pid int) bool {
			defer conn.Close()
			return receive(ctx, conn, func(fd int) (bool, error) {
				var text [4096]byte
				var control [64]byte
				n, c, _, _, err := unix.Recvmsg(fd, text[:], control[:unix.CmsgSpace(unix.SizeofUcred)], unix.MSG_DONTWAIT|unix.MSG_CMSG_CLOEXEC)
				return err == nil && saysReady(text[:n]) && mayTell(control[:c], pid), err
			})
		},
		close: func() { _ = conn.Close() },
	}, nil
}

// wantSender has the kernel say who has sent a message.
func wantSender(conn *net.UnixConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	failed := raw.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_PASSCRED, 1) })
	if failed != nil {
		return failed
	}
	return err
}

func saysReady(message []byte) bool {
	for line := range bytes.SplitSeq(message, []byte("\n")) {
		if string(line) == "READY=1" {
			return true
		}
	}
	return false
}

// mayTell reports whether the sender of a message belongs to the program: it is
// in its session, or below it. A command that has only sent the message may be
// gone by now; then its user must be ours.
func mayTell(control []byte, program int) bool {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil || len(messages) == 0 {
		return false
	}
	sender, err := unix.ParseUnixCredentials(&messages[0])
	if err != nil {
		return false
	}
	pid := int(sender.Pid)
	if session, err := unix.Getsid(pid); err == nil && session == program {
		return true
	}
	for above := pid; above > 1; {
		if above == program {
			return true
		}
		next, ok := parent(above)
		if !ok {
			return above == pid && int(sender.Uid) == os.Getuid()
		}
		above = next
	}
	return false
}

// parent gives the parent of a process.
func parent(pid int) (ppid int, ok bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, false
	}
	var state byte
	_, err = fmt.Sscanf(string(text[bytes.LastIndexByte(text, ')')+1:]), " %c %d", &state, &ppid)
	return ppid, err == nil
}
