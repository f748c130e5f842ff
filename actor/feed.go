package actor

import (
	"io"
	"os"

	"github.com/ansar-go/ansar/internal/osproc"
)

// feed pumps a reader into the standard input of a program. A file is given
// as it is.
type feed struct {
	from io.Reader
	to   *os.File // our end of the pipe; nil: there is none
	end  *os.File // the program's end, until it is started
	done chan struct{}
}

func (c *Command) feed(spec *osproc.Spec) (*feed, error) {
	f := &feed{from: c.Stdin}
	if file, ok := c.Stdin.(*os.File); ok {
		spec.Stdin = file
		return f, nil
	}
	if c.Stdin == nil {
		return f, nil
	}
	var err error
	f.end, f.to, err = os.Pipe()
	spec.Stdin = f.end
	return f, err
}

// begin starts pumping, once the program runs.
func (f *feed) begin() {
	if f.to == nil {
		return
	}
	_ = f.end.Close() // the program has its own
	f.end, f.done = nil, make(chan struct{})
	go func() {
		defer close(f.done)
		_, _ = io.Copy(f.to, f.from) // a program need not read to the end
		_ = f.to.Close()
	}()
}

// close ends the pumping. A reader that blocks for ever is left to itself: it
// finds the pipe closed when it returns.
func (f *feed) close() {
	if f.end != nil {
		_ = f.end.Close()
	}
	if f.to != nil {
		_ = f.to.Close()
	}
}
