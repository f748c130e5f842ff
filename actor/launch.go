package actor

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync/atomic"

	"github.com/ansar-go/ansar/internal/osproc"
)

// Launch is how an executable is started.
type Launch struct {
	Path string   // with a slash in it
	Args []string // argv, the name first
	Dir  string   // working directory; empty: that of this process
}

// Locator finds the executable called name, for the given role ("" if the
// caller named none). The error wraps what osproc.Find gives, or is shown as
// it is.
type Locator func(name, role string) (Launch, error)

// Find looks for the executable called name in the folders given, then beside
// the running executable, then in PATH. A name with a slash is a path.
func Find(name string, folders ...string) (string, error) {
	if self, err := os.Executable(); err == nil {
		folders = append(folders[:len(folders):len(folders)], filepath.Dir(self))
	}
	return osproc.Find(name, folders)
}

func findBeside(name, _ string) (Launch, error) {
	path, err := Find(name)
	return Launch{Path: path, Args: []string{name}}, err
}

// located finds what the order names. The functions that say where are the
// program's: a panic in one of them is a fault of this child alone.
func (p *process) located() (launch Launch, err error) {
	defer func() {
		if r := recover(); r != nil {
			p.line(tagFault, "panic while looking for %s: %v\n%s", p.order.name, r, debug.Stack())
			err = fmt.Errorf("panic while looking for it: %v", r)
		}
	}()
	o := p.order
	if o.kind == nil {
		return p.node.locate(o.name, o.role)
	}
	own := Launch{Path: ownExecutable(), Args: []string{os.Args[0], o.kind.name}}
	if p.node.ownFlags == nil {
		return own, nil
	}
	flags, err := p.node.ownFlags(o.kind.name, o.role)
	own.Args = append(own.Args, flags...)
	return own, err
}

// entered is set by Main and by everything that hosts an object: this program
// runs an object if it is started for one.
var entered atomic.Bool

var errNoMain = errors.New("this program cannot run its own objects in processes: " +
	"begin its main function with actor.Main() (in a test binary, TestMain), or call with actor.InProcess()")

// mayStart refuses what would start this program again and again: a program
// that was started for an object and went on to something else, and one that
// does not look whether it was.
func (n *node) mayStart(o *order) error {
	if claimed.Load() == nil && startedForObject() {
		return errors.New("this process was started to run an object, and its main function did not begin with actor.Main()")
	}
	if o.kind != nil && !entered.Load() {
		return errNoMain
	}
	return nil
}

// ownExecutable is a path that starts this very program, even after the file
// was replaced or removed.
func ownExecutable() string {
	if path, err := os.Executable(); err == nil && sameProgram(path) {
		return path
	}
	return selfPath
}

func programName() string { return filepath.Base(os.Args[0]) }

func withoutMarker(env []string) []string {
	kept := env[:0]
	for _, e := range env {
		if !strings.HasPrefix(e, markerName+"=") {
			kept = append(kept, e)
		}
	}
	return kept
}
