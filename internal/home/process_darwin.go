package home

import "golang.org/x/sys/unix"

// processStart returns when the process began, in microseconds since 1970. ok
// is false if there is no such process here.
func processStart(pid int) (start uint64, ok bool) {
	p, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	if err != nil || int(p.Proc.P_pid) != pid {
		return 0, false
	}
	at := p.Proc.P_starttime
	return uint64(at.Sec)*1_000_000 + uint64(at.Usec), true
}

// bootID returns what tells this run of the machine from others.
func bootID() string {
	id, _ := unix.Sysctl("kern.bootsessionuuid")
	return id
}
