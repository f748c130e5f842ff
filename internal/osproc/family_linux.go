package osproc

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// born are the running processes that Start started, by id: what else is a child of this
// process came in another way.
var born sync.Map

// Find returns the members that run, at most 256 of them. It blocks for as long as it
// takes to read about each of them, some 50 µs. The caller closes what it returns.
//
// A process that is just being started, or whose parent is just ending, may be
// missed: only who finds none twice in a row, and nobody left to start another, knows that there is none.
func (f Family) Find() *Held {
	if !pidfdWorks() {
		return &Held{}
	}
	for {
		rooted := f.Root != nil && f.Root.reserved()
		s := search{family: f, seen: map[int]bool{os.Getpid(): true}}
		if rooted {
			s.root = f.Root.pid
			s.seen[s.root] = true
		}
		if own.claimed.Load() && adoptedList() != nil {
			s.relatives()
		} else {
			s.everybody()
		}
		// The numbers that the root lent are worth something as long as it has them.
		if !rooted || f.Root.reserved() {
			return &Held{s.found}
		}
		closeAll(s.found)
	}
}

// Left is Find for a root that has ended. It takes some 3 µs if this process has
// adopted nothing. It is for [Spec.Ended].
func (f Family) Left() *Held {
	if own.claimed.Load() && pidfdWorks() && !f.mayHaveLeft() {
		return &Held{}
	}
	return f.Find()
}

// mayHaveLeft reports whether this process has adopted some member, or has a root that runs. All
// members hang below such a one.
func (f Family) mayHaveLeft() bool {
	s := search{family: f}
	if f.Root != nil && f.Root.reserved() {
		s.root = f.Root.pid
	}
	// A list may miss one while another is being removed from it: an empty one cannot.
	for range 2 {
		list := adoptedPids()
		if f.Root == nil {
			list = append(list, bornPids()...)
		}
		if len(list) == 0 {
			return false
		}
		for _, pid := range list {
			if st, err := readStat(pid); err == nil && s.claims(st) {
				return true
			}
		}
	}
	return false
}

// reserved reports whether the id of the process is still its own.
func (p *Process) reserved() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.ended || p.left
}

// search collects the members of a family.
type search struct {
	family Family
	root   int // 0: none, or its id is not its own any more
	seen   map[int]bool
	found  []orphan
}

// relatives walks down from the root, or from what Start started with the token, and from
// what was adopted.
func (s *search) relatives() {
	switch {
	case s.root != 0:
		s.below(s.root, s.family.Root.reserved)
	case s.family.Root == nil:
		for _, pid := range bornPids() {
			if p, ours := born.Load(pid); ours && s.family.marks(pid) {
				s.seen[pid] = true
				s.below(pid, p.(*Process).reserved)
			}
		}
	}
	for _, pid := range adoptedPids() {
		st, err := readStat(pid)
		if err == nil && !s.seen[pid] && s.claims(st) {
			s.take(st)
		}
	}
	for i := 0; i < len(s.found); i++ { // it grows
		s.below(s.found[i].pid, s.found[i].runs)
	}
}

// below takes the children of a process. runs says, after they were listed, that the
// number still means it.
func (s *search) below(pid int, runs func() bool) {
	before := len(s.found)
	for _, child := range childrenOf(pid) {
		st, err := readStat(child)
		if err == nil && st.ppid == pid && !s.seen[child] {
			s.take(st)
		}
	}
	if !runs() {
		for _, f := range s.found[before:] {
			delete(s.seen, f.pid)
			unix.Close(f.fd)
		}
		s.found = s.found[:before]
	}
}

// everybody looks at all processes there are.
func (s *search) everybody() {
	var rest []stat
	for _, pid := range everyPid() {
		st, err := readStat(pid)
		switch {
		case err != nil || s.seen[pid]:
		case s.family.Root == nil && s.bore(st):
			s.seen[pid] = true
		case s.claims(st):
			s.take(st)
		default:
			rest = append(rest, st)
		}
	}
	self := os.Getpid()
	for grown := true; grown; {
		grown = false
		for _, st := range rest {
			if !s.seen[st.pid] && st.ppid != self && s.seen[st.ppid] {
				s.take(st)
				grown = true
			}
		}
	}
}

// bore reports whether Start started the process, with the token.
func (s *search) bore(st stat) bool {
	_, ours := born.Load(st.pid)
	return ours && s.family.marks(st.pid)
}

// claims reports whether a process that lost its parents belongs to the family. An ended one belongs to nobody.
func (s *search) claims(st stat) bool {
	if s.root != 0 && (st.pgrp == s.root || st.session == s.root) {
		return true
	}
	return st.state != 'Z' && s.family.marks(st.pid)
}

// take holds a process that has not ended, and reaps one that has, if it was adopted.
func (s *search) take(st stat) {
	s.seen[st.pid] = true
	if len(s.found) >= heldAtMost {
		return
	}
	o, ok := hold(st)
	switch {
	case !ok:
	case o.runs():
		s.found = append(s.found, o)
	default:
		reapAdopted([]orphan{o})
		unix.Close(o.fd)
	}
}

// marks reports whether the environment of the process has the token.
func (f Family) marks(pid int) bool {
	if f.Token == "" {
		return false
	}
	environ, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
	if err != nil {
		return false
	}
	for entry := range bytes.SplitSeq(environ, []byte{0}) {
		value, found := bytes.CutPrefix(entry, []byte(f.Variable+"="))
		if found && bytes.Contains(value, []byte(f.Token)) {
			return true
		}
	}
	return false
}

// adoptedList is the children of the first thread, to which the kernel gives what it
// re-parents. It is nil where there is no such file.
var adoptedList = sync.OnceValue(func() *os.File {
	file, _ := os.Open("/proc/self/task/" + strconv.Itoa(os.Getpid()) + "/children")
	return file
})

// bornPids lists the running processes that Start started.
func bornPids() (list []int) {
	born.Range(func(pid, _ any) bool {
		list = append(list, pid.(int))
		return true
	})
	return list
}

// adoptedPids lists children of this process that Start did not start.
func adoptedPids() []int {
	list := adoptedPidsOr(children)
	kept := list[:0]
	for _, pid := range list {
		if _, ours := born.Load(pid); !ours {
			kept = append(kept, pid)
		}
	}
	return kept
}

func adoptedPidsOr(all func() []int) []int {
	file := adoptedList()
	if file == nil {
		return all()
	}
	var buffer [4096]byte
	n, err := file.ReadAt(buffer[:], 0)
	switch {
	case n == len(buffer):
		text, _ := os.ReadFile(file.Name()) // it is the same file
		return fieldsOf(text)
	case err != nil && !errors.Is(err, io.EOF):
		return all()
	default:
		return fieldsOf(buffer[:n])
	}
}

// childrenOf lists the children of any process.
func childrenOf(pid int) (list []int) {
	folder := "/proc/" + strconv.Itoa(pid) + "/task/"
	threads, _ := os.ReadDir(folder)
	for _, t := range threads {
		text, _ := os.ReadFile(folder + t.Name() + "/children") // a thread may have ended
		list = append(list, fieldsOf(text)...)
	}
	return list
}

func fieldsOf(text []byte) (list []int) {
	for field := range bytes.FieldsSeq(text) {
		if pid, err := strconv.Atoi(string(field)); err == nil {
			list = append(list, pid)
		}
	}
	return list
}

// commandLine returns what the process was started as.
func commandLine(pid int) string {
	text, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
	text = bytes.TrimRight(text, "\x00")
	if len(text) == 0 {
		name, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/comm")
		return "[" + strings.TrimSpace(string(name)) + "]"
	}
	const limit = 200
	text = bytes.ReplaceAll(text, []byte{0}, []byte{' '})
	return strings.ToValidUTF8(string(text[:min(len(text), limit)]), "\uFFFD")
}

// bear tells the process from those that this one adopts.
func (p *Process) bear() { born.Store(p.pid, p) }
