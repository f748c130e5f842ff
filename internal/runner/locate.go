package runner

import (
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/ansar-go/ansar/internal/osproc"
)

// Name is the name of the program.
const Name = "ansar-runner"

// standsIn says that this program is a runner, too, when it is run by its name.
var standsIn atomic.Bool

// StandIn makes this program a stand-in for the runner, which is slower to
// start and larger. It is the first line of main: if the program was started
// by the name of the runner, it never returns.
func StandIn() {
	if len(os.Args) > 0 && filepath.Base(os.Args[0]) == Name {
		Main()
	}
	standsIn.Store(true)
}

// locate finds the executable of the runner. A program that does not stand in
// for it is never run in its place: it would do something else.
func locate(given string) (string, error) {
	if given != "" {
		return given, nil
	}
	self, err := os.Executable()
	var beside []string
	if err == nil {
		beside = append(beside, filepath.Dir(self))
		if real, err := filepath.EvalSymlinks(self); err == nil {
			beside = append(beside, filepath.Dir(real))
		}
	}
	if path, err := osproc.Find(Name, beside); err == nil {
		return path, nil
	}
	if !standsIn.Load() {
		return "", errors.New(Name + " is neither beside this program nor in PATH: install it there")
	}
	if _, err := os.Stat(self); err != nil {
		self = "/proc/self/exe" // replaced since it was started
	}
	return self, nil
}
