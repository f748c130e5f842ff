package actor

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// What a worker prints comes by pipes, its answers by the link. So that lines reach
// the log of the call that printed them, the worker prints a mark before and behind
// each call that has a log of its own.

// markPatience is how long the end of a call waits for its marks, which do not come
// if the called object closed its output.
const markPatience = time.Second

// markSerial tells marks apart.
var markSerial atomic.Uint64

// prints is what one call prints.
type prints struct {
	log  *log
	mark []byte
	left atomic.Int32 // marks behind it that have not come, and the end of the call
	then func()       // valid once the call has ended
}

// printing is what one call prints to one stream.
type printing struct {
	*prints
	begun bool // the mark before it has come
}

func newPrints(l *log) *prints {
	p := &prints{log: l, mark: fmt.Appendf(nil, "\x00ansar: call %d\x00", markSerial.Add(1))}
	p.left.Store(3)
	return p
}

// came counts a mark, or the end of the call.
func (p *prints) came() {
	if p.left.Add(-1) == 0 {
		p.then()
	}
}

// end has then called once both marks have come, or are not waited for any longer.
func (p *prints) end(streams []*lines, then func()) {
	once := sync.OnceFunc(then)
	patience := time.AfterFunc(markPatience, func() {
		for _, l := range streams {
			l.forget(p)
		}
		once()
	})
	p.then = func() {
		patience.Stop()
		once()
	}
	p.came()
}

// expect has the lines between the marks logged as those of the call.
func (l *lines) expect(p *prints) {
	l.calling.Lock()
	defer l.calling.Unlock()
	l.calls = append(l.calls, &printing{prints: p})
}

func (l *lines) forget(p *prints) {
	l.calling.Lock()
	defer l.calling.Unlock()
	l.calls = slices.DeleteFunc(l.calls, func(c *printing) bool { return c.prints == p })
}

// next is the call whose lines, or whose mark, come next.
func (l *lines) next() *printing {
	l.calling.Lock()
	defer l.calling.Unlock()
	if len(l.calls) == 0 {
		return nil
	}
	return l.calls[0]
}

// printed logs a line as that of the call that printed it. Called with mu held.
func (l *lines) printed(line []byte) {
	to, call := l.log, l.next()
	if call == nil {
		to.printed(l.tag, l.pid, l.name, string(line))
		return
	}
	if call.begun {
		to = call.log
	}
	before, _, marked := bytes.Cut(line, call.mark)
	if !marked || len(before) > 0 {
		to.printed(l.tag, l.pid, l.name, string(before))
	}
	switch {
	case !marked:
	case call.begun:
		l.forget(call.prints)
		call.came()
	default:
		call.begun = true
	}
}

// printMark prints the mark of a call, if it has one, whatever the program has made of
// os.Stdout.
func printMark(mark string) {
	if mark == "" {
		return
	}
	for _, fd := range []int{unix.Stdout, unix.Stderr} {
		for {
			if _, err := unix.Write(fd, []byte(mark+"\n")); !errors.Is(err, unix.EINTR) {
				break // a closed one is not waited for long
			}
		}
	}
}
