package home

// Process names a process for good: ids are used again, with a later start.
// Its zero value names none. It is written into files as JSON.
type Process struct {
	PID   int    `json:"pid"`
	Start uint64 `json:"start"`           // by a clock of this system
	Boot  string `json:"boot"`            // this run of the machine
	Space string `json:"space,omitempty"` // the pid namespace that the id is valid in
}

// Identify returns the process that has the id now, and its zero value if none
// has.
func Identify(pid int) Process {
	start, ok := processStart(pid)
	if !ok {
		return Process{}
	}
	return Process{pid, start, bootID(), pidSpace()}
}

// Here reports whether this process could see it, if it were alive: it runs, or
// ran, on this machine since that was booted, and in this pid namespace.
func (p Process) Here() bool {
	return p.PID > 0 && p.SameBoot() && p.Space == pidSpace()
}

// SameBoot reports whether the machine has not been booted since.
func (p Process) SameBoot() bool { return p.Boot == bootID() }

// Alive reports whether the process is there and has not ended. A zombie has. For
// one that is not [Process.Here] the answer is always false.
func (p Process) Alive() bool {
	if !p.Here() || zombie(p.PID) {
		return false
	}
	start, ok := processStart(p.PID)
	return ok && start == p.Start
}
