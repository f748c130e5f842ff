// Role is a program for a tool to run, where there is no C compiler for its
// small twin in groups/role/role.c:
//
//	role SOCKET MODE [LINES]
//
// It connects to the socket, so that who listens there knows that it runs, and
// by the end of the connection that it has ended. By its mode it then waits for
// a signal (wait), ignores all that can be ignored (stubborn), or ends (once);
// print first prints so many lines of 100 bytes, a write for each.
package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

const width = 100

func main() {
	if len(os.Args) < 3 {
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "role:", err)
		os.Exit(1)
	}
}

func run(socket, mode string, rest []string) error {
	if mode == "stubborn" {
		signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	}
	if mode == "print" && len(rest) > 0 {
		lines, err := strconv.Atoi(rest[0])
		if err != nil {
			return err
		}
		if err := printLines(lines); err != nil {
			return err
		}
	}
	if _, err := net.Dial("unix", socket); err != nil {
		return err
	}
	if mode == "once" {
		return nil
	}
	select {} // until a signal ends it
}

func printLines(lines int) error {
	for i := range lines {
		line := fmt.Appendf(nil, "L%08d ", i)
		line = append(line, bytes.Repeat([]byte("x"), width-1-len(line))...)
		if _, err := os.Stdout.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return nil
}
