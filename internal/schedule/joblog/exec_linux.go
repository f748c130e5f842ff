package joblog

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// dieWithParent has a command killed with the process that copies what it prints.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }

// callerOf is the process of that id.
func callerOf(pid int) process {
	name, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/comm")
	if err != nil {
		return process{"process", pid}
	}
	return process{strings.TrimSuffix(string(name), "\n"), pid}
}
