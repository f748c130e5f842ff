package live

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// paper is a terminal, and what was written on it.
type paper struct {
	slave *os.File

	mu      sync.Mutex // guards the fields below
	text    string
	written chan struct{} // closed and replaced at each write
}

func newPaper(t *testing.T) *paper {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80})
	}
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := &paper{slave: slave, written: make(chan struct{})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.read(master)
	}()
	t.Cleanup(func() { slave.Close(); <-done; master.Close() })
	return p
}

// read ends when nobody has the other end any more.
func (p *paper) read(master *os.File) {
	buf := make([]byte, 4096)
	for {
		n, err := master.Read(buf)
		p.mu.Lock()
		p.text += string(buf[:n])
		close(p.written)
		p.written = make(chan struct{})
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// await returns what is written once it satisfies.
func (p *paper) await(t *testing.T, what string, enough func(text string) bool) string {
	t.Helper()
	late := time.After(20 * time.Second)
	for {
		p.mu.Lock()
		text, written := p.text, p.written
		p.mu.Unlock()
		if enough(text) {
			return text
		}
		select {
		case <-written:
		case <-late:
			t.Fatalf("%s is not there: %q", what, text)
		}
	}
}

// Control-z takes the frame off. One that goes on after it was stopped in another way
// writes no more over what others have written since. Both are drawn anew.
func TestScreenAfterAStop(t *testing.T) {
	for name, why := range map[string]reason{"control-z": asked, "another stop": continued} {
		t.Run(name, func(t *testing.T) {
			p := newPaper(t)
			v := &View{changed: make(chan struct{}, 1), closing: make(chan struct{}), state: newState(nil)}
			s := &screen{out: p.slave}
			v.show = s
			v.Event(loaded(1, named("a")...))
			v.Event(started("a", 1, 0))
			hold := &suspension{asked: make(chan os.Signal, 1), continued: make(chan os.Signal, 1)}
			ends := make(chan reason, 1)
			go func() { ends <- s.draw(v, hold) }()
			p.await(t, "a frame", func(text string) bool { return strings.Contains(text, "slot 0") })
			if why == asked {
				hold.asked <- unix.SIGTSTP
			} else {
				hold.continued <- unix.SIGCONT
			}
			if got := <-ends; got != why {
				t.Fatalf("drawing ended for reason %d, want %d", got, why)
			}
			fmt.Fprint(p.slave, "shell$ ")
			text := p.await(t, "the shell", func(text string) bool { return strings.HasSuffix(text, "shell$ ") })
			if erased := strings.HasSuffix(text, "\x1b[J"+"shell$ "); erased != (why == asked) {
				t.Errorf("erased: %v: %q", erased, text)
			}
			go func() { ends <- s.draw(v, hold) }()
			p.await(t, "a second frame", func(text string) bool {
				_, again, _ := strings.Cut(text, "shell$ ")
				return strings.Contains(again, "slot 0")
			})
			close(v.closing)
			<-ends
		})
	}
}
