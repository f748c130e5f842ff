package home

import (
	"bytes"
	"os"
	"strconv"
	"strings"
)

// processStart returns when the process began, in clock ticks since the
// machine did. ok is false if there is no such process here.
func processStart(pid int) (start uint64, ok bool) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, false
	}
	// The name of the program may hold anything, a closing parenthesis too.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	const startTime = 22 - 3 // field 22 of the file, the first after the name is field 3
	if len(fields) <= startTime {
		return 0, false
	}
	start, err = strconv.ParseUint(string(fields[startTime]), 10, 64)
	return start, err == nil
}

// bootID returns what tells this run of the machine from others.
func bootID() string {
	text, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(text))
}
