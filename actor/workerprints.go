package actor

import (
	"bytes"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// What a worker prints comes by pipes, its answers by the link. So that lines reach
// the log of the call that printed them, the worker prints a mark behind each call
// that has a log of its own.

// markPatience is how long the end of a call waits for its marks, which do not come
// if the called object closed its output.
const markPatience = time.Second

// markSerial tells marks apart.
var markSerial atomic.Uint64

// prints is what one call prints.
type prints struct {
	log  *log
	mark []byte
	left atomic.Int32 // marks that have not come, and the end of the call
	then func()       // valid once the call has ended
}

func newPrints(l *log) *prints {
	p := &prints{log: l, mark: fmt.Appendf(nil, "\x00ansar: end of call %d\x00", markSerial.Add(1))}
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

// expect has the lines up to the mark logged as those of the call.
func (l *lines) expect(p *prints) {
	l.calling.Lock()
	defer l.calling.Unlock()
	l.calls = append(l.calls, p)
}

func (l *lines) forget(p *prints) {
	l.calling.Lock()
	defer l.calling.Unlock()
	for i, c := range l.calls {
		if c == p {
			l.calls = append(l.calls[:i:i], l.calls[i+1:]...)
			return
		}
	}
}

// printed logs a line as that of the call that printed it.
func (l *lines) printed(line []byte) {
	l.calling.Lock()
	var call *prints
	if len(l.calls) > 0 {
		call = l.calls[0]
	}
	l.calling.Unlock()
	if call == nil {
		l.log.printed(l.tag, l.pid, l.name, string(line))
		return
	}
	before, _, marked := bytes.Cut(line, call.mark)
	if !marked || len(before) > 0 {
		call.log.printed(l.tag, l.pid, l.name, string(before))
	}
	if marked {
		l.forget(call)
		call.came()
	}
}

// printMark prints the mark of a call, whatever the program has made of os.Stdout.
func printMark(mark string) {
	if mark == "" {
		return
	}
	for _, fd := range []int{unix.Stdout, unix.Stderr} {
		for {
			_, err := unix.Write(fd, []byte(mark+"\n"))
			if err != unix.EINTR {
				break // a closed one is not waited for long
			}
		}
	}
}
