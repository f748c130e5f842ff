package journal

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

// place is this run of this machine, and the pid namespace, in which ids of processes
// mean something; 0 if it is not known.
var place = sync.OnceValue(func() uint32 {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	space, failed := os.Readlink("/proc/self/ns/pid")
	if errors.Join(err, failed) != nil {
		return 0
	}
	h := fnv.New32a()
	_, _ = h.Write(append(boot, space...)) // it never fails
	return h.Sum32()
})

// startBits are of the start of a process, as far as a lock has room for it.
const startBits = 30

// identity names a process beside its id, by where it runs and when it was started. It
// is 0 if that is not known.
func identity(pid int) int64 {
	where := place()
	if where == 0 {
		return 0
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:]) // the name before may hold anything
	const start = 19
	if len(fields) <= start {
		return 0
	}
	ticks, err := strconv.ParseUint(string(fields[start]), 10, 64)
	if err != nil {
		return 0
	}
	return int64(ticks&(1<<startBits-1))<<32 | int64(where)
}

// runs reports whether the process that has named itself so may be there still. It is
// true for one that cannot be seen from here.
func runs(pid int, named int64) bool {
	if named == 0 || uint32(named) != place() {
		return true
	}
	p, err := openProcess(pid)
	if errors.Is(err, unix.ESRCH) {
		return false
	}
	if err != nil {
		return true
	}
	defer p.close()
	return !p.over() && identity(pid) == named
}
