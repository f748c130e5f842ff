package cli

import (
	"fmt"
	"sync/atomic"
	"time"
)

const (
	// progressAfter is how long something may take before people are told how far
	// it is.
	progressAfter = time.Second

	// On a terminal, one line is written again and again; elsewhere lines come.
	redrawEvery = 200 * time.Millisecond
	lineEvery   = 5 * time.Second
)

// progress tells how far a copy is, on standard error, if it takes long. It
// returns what is told of copied bytes, by any goroutine, and of the end.
func (e *env) progress(total int64) (copied func(int64), done func()) {
	var count atomic.Int64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		e.tellProgress(&count, total, stop)
	}()
	return func(n int64) { count.Add(n) }, func() { close(stop); <-stopped }
}

func (e *env) tellProgress(count *atomic.Int64, total int64, stop <-chan struct{}) {
	select {
	case <-stop:
		return
	case <-time.After(progressAfter):
	}
	every, before, after := lineEvery, "", "\n"
	if isTerminal(e.stderr) {
		every, before, after = redrawEvery, "\r\x1b[K", ""
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		n := count.Load()
		fmt.Fprintf(e.stderr, "%sansar: copied %s of %s (%d%%)%s", before, bytesText(n), bytesText(total), 100*min(n, total)/max(1, total), after)
		select {
		case <-stop:
			fmt.Fprint(e.stderr, before)
			return
		case <-tick.C:
		}
	}
}

// bytesText returns a number of bytes as people read it.
func bytesText(n int64) string {
	units := []string{"KiB", "MiB", "GiB", "TiB"}
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	v, unit := float64(n)/1024, 0
	for v >= 999.95 && unit < len(units)-1 {
		v, unit = v/1024, unit+1
	}
	return fmt.Sprintf("%.1f %s", v, units[unit])
}
