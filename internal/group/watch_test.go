package group

import (
	"os"
	"testing"

	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/osproc"
)

// An end that came before the start is over is recorded, also if both are there
// to be seen at the same moment.
func TestEndAtTheEndOfAStart(t *testing.T) {
	h, roles := newHome(t, "a")
	file := history.Of(h, "a")
	for range 20 {
		p, err := osproc.Start(&osproc.Spec{Path: "/bin/sh", Args: []string{"sh", "-c", "exit 3"}})
		if err != nil {
			t.Fatal(err)
		}
		<-p.Done()
		number, err := file.Begin(history.Begin{PID: p.Pid(), Parent: os.Getpid()})
		if err != nil {
			t.Fatal(err)
		}
		l := &launch{
			start: &start{home: h, over: make(chan struct{})}, role: roles[0],
			spawned: &spawned{process: p}, begun: Begun{PID: p.Pid(), Run: number},
		}
		close(l.over)
		l.watch()
		if last, err := file.Last(); err != nil || last.End == nil || last.End.How != history.Exited {
			t.Fatalf("run %d: %+v, %v", number, last, err)
		}
	}
}
