package osproc

// Family is a process with all that came of it, or the processes that bear a
// token in their environment, or both.
//
// What was re-parented is known by the token, by its process group or by its
// session. After [OwnMain] it is among the children of this process, and only
// those are looked at, with what is below them; in another program, every
// process of the machine is. Where Linux 5.4 is missing nothing is ever found.
type Family struct {
	// Root is the process that began it. It is not among what is found. If nil, it is
	// each process that [Start] started with the token.
	Root *Process

	// Variable and Token: who belongs to the family has Token somewhere in the value of
	// that variable of its environment. If Token is empty, nobody is known by it.
	Variable, Token string
}

// Member is a process of a family.
type Member struct {
	PID         int
	CommandLine string // at most 200 bytes of valid UTF-8; "[name]" where there is none

	start uint64
}

// ID returns what no other process has, not even one with the same number later.
func (m Member) ID() MemberID { return MemberID{m.PID, m.start} }

// MemberID tells a process from all others.
type MemberID struct {
	pid   int
	start uint64
}

// heldAtMost limits how many processes are held at once, for each is a descriptor.
// Who kills a larger family looks again until nothing is found.
const heldAtMost = 256
