package process

import (
	"context"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/internal/osproc"
)

// killLimit is how long what was sent SIGKILL may take to end. Only what is stuck
// in the kernel takes longer than an instant.
const killLimit = 2 * time.Second

// awaitNone waits until find finds nothing twice in a row, or until ctx ends or limit has
// passed, and reports the former.
func awaitNone(ctx context.Context, find func() *osproc.Held, limit time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for empty := 0; empty < 2; {
		found := find()
		if found.Len() == 0 {
			empty++
			continue
		}
		empty = 0
		ended := found.Await(ctx)
		found.Close()
		if !ended {
			return false
		}
	}
	return true
}

// term sends SIGTERM to all members, and SIGCONT, for one that is stopped would not
// notice. It names them to left first. The group of the root, if there is one, gets it by one
// call that misses nobody, and once. It reports whether the root itself did.
func term(f osproc.Family, left *roll) (root bool) {
	found := f.Find()
	defer found.Close()
	left.add(found.Members())
	group := -1
	if f.Root != nil {
		root = !gone(f.Root)
		if f.Root.SignalGroup(syscall.SIGTERM) == nil {
			group = f.Root.Pid()
			_ = f.Root.SignalGroup(syscall.SIGCONT) // it has ended since
		}
	}
	found.Signal(syscall.SIGTERM, group)
	found.Signal(syscall.SIGCONT, group)
	return root && group > 0
}

// killAll sends SIGKILL to the members until there are none, or killLimit has passed. It
// reports whether there were any.
func killAll(f osproc.Family, left *roll) (any bool) {
	ctx, cancel := context.WithTimeout(context.Background(), killLimit)
	defer cancel()
	for empty := 0; empty < 2 && ctx.Err() == nil; {
		if !killFound(f, left, func(found *osproc.Held) { found.Await(ctx) }) {
			empty++
			continue
		}
		empty, any = 0, true
	}
	return any
}

// killFound sends SIGKILL to the group of the root and to all members, then calls wait
// with them. It reports whether there were any.
func killFound(f osproc.Family, left *roll, wait func(*osproc.Held)) bool {
	found := f.Find()
	defer found.Close()
	left.add(found.Members())
	if f.Root != nil {
		_ = f.Root.SignalGroup(syscall.SIGKILL) // an error: the group has ended
	}
	found.Signal(syscall.SIGKILL, 0)
	if found.Len() == 0 {
		return false
	}
	wait(found)
	return true
}

// gone reports whether the process itself has ended.
func gone(p *osproc.Process) bool {
	select {
	case <-p.Exited():
		return true
	default:
		return false
	}
}

// roll is the strays of a command.
type roll struct {
	mu    sync.Mutex // guards the fields below
	named []osproc.Member
	known map[osproc.MemberID]int // where it is in named, or would be
}

func (r *roll) add(members []osproc.Member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range members {
		if at, known := r.known[m.ID()]; known {
			// One that had not executed its program yet has another command line now,
			// and one that is ending has none.
			if at < MaxStrays && !strings.HasPrefix(m.CommandLine, "[") {
				r.named[at] = m
			}
			continue
		}
		if r.known == nil {
			r.known = make(map[osproc.MemberID]int)
		}
		at := len(r.known)
		r.known[m.ID()] = at
		if at < MaxStrays {
			r.named = append(r.named, m)
		}
	}
}

// strays looks who is left in the end, and returns those that are named and how many are not.
func (r *roll) strays(f osproc.Family) (list []Stray, more int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.named) == 0 {
		return nil, 0
	}
	found := f.Find()
	defer found.Close()
	left := make(map[osproc.MemberID]bool)
	for _, m := range found.Members() {
		left[m.ID()] = true
	}
	for _, m := range r.named {
		list = append(list, Stray{m.PID, m.CommandLine, !left[m.ID()]})
	}
	return list, len(r.known) - len(r.named)
}
