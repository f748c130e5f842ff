package live

import (
	"io"
	"sync"
)

// gate is an output that can be shut: what is written then is lost.
type gate struct {
	out io.Writer

	mu     sync.Mutex // guards the field below, and writes
	closed bool
}

// terminal is a file whose size can be asked for.
type terminal interface {
	io.ReadWriteCloser
	Fd() uintptr
}

// terminalGate is a gate to a terminal.
type terminalGate struct {
	terminal
	gate *gate
}

// newGate returns an open gate, and what is to be written to.
func newGate(out io.Writer) (*gate, io.Writer) {
	g := &gate{out: out}
	if file, ok := out.(terminal); ok {
		return g, &terminalGate{terminal: file, gate: g}
	}
	return g, g
}

// Write implements [io.Writer].
func (g *gate) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return len(p), nil
	}
	return g.out.Write(p)
}

// Write implements [io.Writer].
func (t *terminalGate) Write(p []byte) (int, error) { return t.gate.Write(p) }

// shut waits for what is being written.
func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}
