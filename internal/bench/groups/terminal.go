//go:build linux

package groups

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// onTerminal gives the tool a terminal of its own, whose text goes to its output.
func (s *Site) onTerminal() error {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		return err
	}
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 120})
	}
	if err != nil {
		master.Close()
		return fmt.Errorf("open a terminal: %w", err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR, 0)
	if err != nil {
		master.Close()
		return err
	}
	s.master = master
	s.command.Stdin, s.command.Stdout, s.command.Stderr = slave, slave, slave
	s.command.SysProcAttr.Setctty = true
	go func() {
		_, _ = io.Copy(io.Discard, master) // ends with the terminal
	}()
	return nil
}
