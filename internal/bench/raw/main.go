// Raw measures what two Go processes reach over a socketpair with nothing but
// length-delimited protobuf messages between them: the best a link can hope for.
//
//	raw pingpong   round trips a second of a message of 100 bytes
//	raw oneway     messages of 100 bytes a second, one write each
//	raw batched    the same, written together
//	raw copy       MB a second of one copy of 100 MB
//
// It prints one figure. The second process is this program again, on the other
// end of the socketpair, and ends at its end-of-file.
package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// How much is exchanged for one figure: below a second on a slow machine.
const (
	roundTrips = 10_000
	messages   = 500_000
	payload    = 100
	copied     = 100_000_000
)

// A mode is one measurement: what each process does with its end.
type mode struct {
	unit   string
	amount float64
	parent func(net.Conn) error
	child  func(net.Conn) error
}

var modes = map[string]mode{
	"pingpong": {"/s", roundTrips, ping, pong},
	"oneway":   {"/s", messages, sendEach, count},
	"batched":  {"/s", messages, sendTogether, count},
	"copy":     {"MB/s", copied / 1e6, sendCopy, receiveCopy},
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "raw: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("name what to measure: pingpong, oneway, batched or copy")
	}
	m, ok := modes[args[0]]
	if !ok {
		return fmt.Errorf("measure %q: not one of pingpong, oneway, batched, copy", args[0])
	}
	if len(args) > 1 && args[1] == "child" {
		conn, err := open(3)
		if err != nil {
			return err
		}
		return m.child(conn)
	}
	return m.measure(args[0])
}

// measure starts the second process and prints the figure.
func (m mode) measure(name string) error {
	ends, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		return fmt.Errorf("make a socketpair: %w", err)
	}
	syscall.CloseOnExec(ends[0])
	syscall.CloseOnExec(ends[1])
	theirs := os.NewFile(uintptr(ends[1]), "socketpair")
	self, err := os.Executable()
	if err != nil {
		return err
	}
	child := exec.Command(self, name, "child")
	child.Stderr, child.ExtraFiles = os.Stderr, []*os.File{theirs}
	err = child.Start()
	theirs.Close()
	if err != nil {
		return err
	}
	conn, err := open(ends[0])
	if err != nil {
		return err
	}
	took, err := m.timed(conn)
	conn.Close() // the end of the child
	if waitErr := child.Wait(); err == nil {
		err = waitErr
	}
	if err != nil {
		return fmt.Errorf("measure %s: %w", name, err)
	}
	fmt.Printf("%.1f %s\n", m.amount/took.Seconds(), m.unit)
	return nil
}

// timed runs the parent's part once to warm up, and once by the clock.
func (m mode) timed(conn net.Conn) (time.Duration, error) {
	if err := m.parent(conn); err != nil {
		return 0, err
	}
	begin := time.Now()
	err := m.parent(conn)
	return time.Since(begin), err
}

// open makes a connection of a descriptor, and takes it over.
func open(fd int) (net.Conn, error) {
	file := os.NewFile(uintptr(fd), "socketpair")
	defer file.Close()
	return net.FileConn(file)
}
