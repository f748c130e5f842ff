package actor

import (
	"maps"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/ansar-go/ansar/internal/link/linkpb"
)

// childSide takes what the parent of this process has to say.
type childSide struct{ h *Host }

// Hello implements [link.Handler].
func (s childSide) Hello(*linkpb.Hello) {}

// Begin implements [link.Handler].
func (s childSide) Begin(b *linkpb.Begin) {
	begin := &Begin{
		Object: b.GetObject(), LogLevel: Level(b.GetLogLevel()), Detached: b.GetDetached(),
		settings: b.GetSettings(), input: b.GetInput(), headers: maps.Clone(b.GetHeaders()), wantsReady: b.GetWantsReady(),
	}
	if id := b.GetHeaders()[parentHeader]; id != "" {
		address := s.h.node.address
		begin.Parent = &PID{Address: address[:strings.LastIndexByte(address, '.')], Id: id}
		delete(begin.headers, parentHeader)
	}
	if n, err := strconv.Atoi(begin.headers[processorsHeader]); err == nil && n > 0 {
		runtime.GOMAXPROCS(n)
	}
	delete(begin.headers, processorsHeader)
	begin.logTo, begin.links = logTarget(begin.headers[logHeader])
	begin.files = begin.headers[filesHeader]
	delete(begin.headers, logHeader)
	delete(begin.headers, filesHeader)
	if begin.headers[workerHeader] != "" {
		begin.bench = newWorkbench(s.h.node)
	}
	delete(begin.headers, workerHeader)
	if b.DeadlineLeftMs != nil {
		begin.Deadline = time.Now().Add(time.Duration(b.GetDeadlineLeftMs()) * time.Millisecond)
	}
	select {
	case s.h.begun <- begin:
	default: // a second Begin is no business of anybody
	}
}

// Ready implements [link.Handler].
func (s childSide) Ready() {}

// Log implements [link.Handler].
func (s childSide) Log(*linkpb.Log) {}

// Completed implements [link.Handler].
func (s childSide) Completed(*linkpb.Completed) {}

// Stop implements [link.Handler].
func (s childSide) Stop(m *linkpb.Stop) {
	go s.h.Stop(m.GetReason(), time.Duration(m.GetLeftMs())*time.Millisecond)
}

// Closed implements [link.Handler]. Without a parent there is nobody to work
// for.
func (s childSide) Closed(error) {
	close(s.h.gone)
	go s.h.Stop("its parent is gone", DefaultOrphanLimit)
}
