package framework

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/logstore"
)

// keepLog has the log of the whole tree stored, and what the process itself
// prints with it. What was said until now comes first.
func (p *program) keepLog() error {
	folder, err := p.part.home.Folder(home.Logs, p.part.role)
	if err != nil {
		return err
	}
	store, err := logstore.Open(folder, storage(p.part.properties["storage"]))
	if err != nil {
		return err
	}
	level, err := actor.ParseLevel(p.starter.Marker.Level)
	if err != nil {
		level = actor.LevelDebug
	}
	actor.LinesTo(level, func(line []byte) {
		_, _ = store.Write(line) // it tells itself what was lost, and why
	})
	prints, err := capture(store, p.name)
	if err != nil {
		return fmt.Errorf("keep what %s prints: %w", p.name, err)
	}
	p.stored.Store(&stored{logs: store, prints: prints, lock: p.part.lock})
	if early, ok := p.stderr.(*earlyWords); ok {
		early.goOn(os.Stderr) // into the log
	}
	return nil
}

// stored is what a component in the background has to give back.
type stored struct {
	logs   *logstore.Writer
	prints *prints
	lock   *home.Lock
}

// earlyWords are what is said before there is a log to say it to.
type earlyWords struct {
	mu   sync.Mutex // guards the fields below
	kept []byte
	out  io.Writer
}

func (e *earlyWords) Write(text []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.out != nil {
		return e.out.Write(text)
	}
	e.kept = append(e.kept, text...)
	return len(text), nil
}

// goOn has everything said to out, also what was kept.
func (e *earlyWords) goOn(out io.Writer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, _ = out.Write(e.kept) // it goes into a pipe of this process
	e.kept, e.out = nil, out
}

// storage is the property that bounds the log, 0 if it is not set. It is a
// number of bytes in protobuf JSON; whoever sets it checks it.
func storage(property []byte) int64 {
	n, err := strconv.ParseInt(strings.Trim(string(property), "\" \n"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
