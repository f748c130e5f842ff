//go:build !linux

package runner

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

// listen waits for the message READY=1 at the socket NOTIFY_SOCKET. It is in a
// folder that only this user can enter.
func listen() (*watcher, error) {
	folder, err := os.MkdirTemp("", "ansar-")
	if err != nil {
		return nil, fmt.Errorf("listen for notifications: %w", err)
	}
	name := filepath.Join(folder, "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		_ = os.RemoveAll(folder)
		return nil, fmt.Errorf("listen for notifications: %w", err)
	}
	forget := func() { _, _ = conn.Close(), os.RemoveAll(folder) }
	return &watcher{
		env: []string{"NOTIFY_SOCKET=" + name},
		wait: func(ctx context.Context, _ int) bool {
			defer forget()
			return receive(ctx, conn, func(fd int) (bool, error) {
				var text [4096]byte
				n, _, err := syscall.Recvfrom(fd, text[:], 0)
				return err == nil && saysReady(text[:n]), err
			})
		},
		close: forget,
	}, nil
}

func saysReady(message []byte) bool {
	for line := range bytes.SplitSeq(message, []byte("\n")) {
		if string(line) == "READY=1" {
			return true
		}
	}
	return false
}
