//go:build !linux

package joblog

import "syscall"

// dieWithParent has nothing to offer here.
func dieWithParent() *syscall.SysProcAttr { return nil }

// callerOf is the process of that id.
func callerOf(pid int) process { return process{"process", pid} }
