package actor

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// markerName is the variable that tells a program that descriptor 3 is the
// link to its parent. Its value is the address of the process in the tree, the
// process id of the parent and the number of the socket: a program that merely
// inherits the variable has neither that parent nor that socket.
const markerName = "ANSAR_LINK"

const linkFD = 3

// claim is the way to the parent that started this process.
type claim struct {
	address string
	stream  *stream
	parent  int // process id
}

// claimed is set once, by the first that looks. Nil: nobody looked, or there
// is no parent.
var claimed atomic.Pointer[claim]

func marker(address string, end *os.File) string {
	var stat unix.Stat_t
	if err := unix.Fstat(int(end.Fd()), &stat); err != nil {
		stat.Ino = 0 // the parent's process id is enough
	}
	return markerName + "=" + address + ":" + strconv.Itoa(os.Getpid()) + ":" + strconv.FormatUint(stat.Ino, 10)
}

// startedForObject reports whether a parent of ours started this process and
// nobody has claimed the link yet.
func startedForObject() bool {
	_, ok := readMarker()
	return ok
}

// readMarker gives the address that the parent has chosen, if fd 3 really is
// its link.
func readMarker() (address string, ok bool) {
	address, _, ok = markedParent()
	return address, ok
}

// markedParent is readMarker with the process id of the parent, 0 if it is gone.
func markedParent() (address string, parent int, ok bool) {
	value, ok := os.LookupEnv(markerName)
	if !ok {
		return "", 0, false
	}
	parts := strings.Split(value, ":")
	if len(parts) != 3 {
		return "", 0, false
	}
	var stat unix.Stat_t
	if err := unix.Fstat(linkFD, &stat); err != nil || stat.Mode&unix.S_IFMT != unix.S_IFSOCK {
		return "", 0, false
	}
	sameSocket := parts[2] != "0" && parts[2] == strconv.FormatUint(stat.Ino, 10)
	sameParent := parts[1] == strconv.Itoa(os.Getppid())
	if sameParent {
		parent = os.Getppid()
	}
	return parts[0], parent, sameSocket || sameParent
}

// claimLink takes the link to the parent, once. It gives nil if this process
// was started by hand.
func claimLink() (*claim, error) {
	if c := claimed.Load(); c != nil {
		return nil, errors.New("the link to the parent is claimed already")
	}
	address, parent, ok := markedParent()
	if err := os.Unsetenv(markerName); err != nil {
		return nil, err
	}
	if !ok {
		return nil, nil
	}
	unix.CloseOnExec(linkFD)
	s, err := wrap(linkFD)
	if err != nil {
		return nil, err
	}
	c := &claim{address: address, stream: s, parent: parent}
	claimed.Store(c)
	return c, nil
}
