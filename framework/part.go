package framework

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/lifecycle"
)

// part is what a component plays in a home.
type part struct {
	home       *home.Home
	role       string
	executable string
	properties map[string]json.RawMessage // of the role; a sub-role has none
	lock       *home.Lock                 // nil for a sub-role
}

// openPart opens the home and checks that the role is one for this executable.
// Sub-roles, which have a dot in their name, are in no list.
func openPart(path, role, executable string) (*part, error) {
	h, err := home.Open(path)
	if err != nil {
		return nil, err
	}
	pt := &part{home: h, role: role, executable: executable}
	if _, err := h.Path(home.Settings, role); err != nil {
		return nil, err
	}
	if !pt.top() {
		return pt, nil
	}
	r, err := h.Role(role)
	if err != nil {
		return nil, err
	}
	if r.Executable != executable {
		return nil, fmt.Errorf("role %q in home at %q is for the executable %q, not for %q", role, h.Root(), r.Executable, executable)
	}
	pt.properties = r.Properties
	return pt, nil
}

func (pt *part) top() bool { return !strings.Contains(pt.role, ".") }

// enter makes the role this process's own for as long as it lives: it takes
// the lock, empties the folder for temporary files, and keeps what the Go
// runtime has to say if it crashes. The error of a role that is running is a
// *[lifecycle.LockedOut].
func (pt *part) enter() error {
	if pt.top() {
		lock, err := pt.home.Acquire(pt.role)
		var locked *home.LockedError
		if errors.As(err, &locked) {
			path, _ := pt.home.Path(home.Locks, pt.role)
			return &lifecycle.LockedOut{Path: path, Pid: int32(locked.Holder.PID)}
		}
		if err != nil {
			return err
		}
		pt.lock = lock
		if _, err := lock.EmptyTmp(); err != nil {
			return err
		}
		if err := pt.mark(); err != nil {
			return err
		}
	}
	return pt.keepCrashes()
}

// keepCrashes adds what the runtime writes when it crashes to a file of the
// role, as well as to standard error: a panic and the stacks, of other fatal
// errors the stacks alone. Sub-roles share the file of their role: they may be
// many, nested deeper than the name of a folder can be long.
func (pt *part) keepCrashes() error {
	role, _, _ := strings.Cut(pt.role, ".")
	folder, err := pt.home.Folder(home.Logs, role)
	if err != nil {
		return err
	}
	name := filepath.Join(folder, "crash.log")
	if info, err := os.Stat(name); err == nil && info.Size() > longestCrashes && pt.lock != nil {
		_ = os.Rename(name, filepath.Join(folder, "crash.old.log")) // else it grows on
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("keep crash reports: %w", err)
	}
	defer f.Close() // the runtime has its own descriptor
	return debug.SetCrashOutput(f, debug.CrashOptions{})
}

// longestCrashes is when a file of crash reports is put aside for a new one.
const longestCrashes = 1 << 20

// load implements [keeper].
func (pt *part) load(area home.Area) (string, []byte, error) {
	path, err := pt.home.Path(area, pt.role)
	if err != nil {
		return "", nil, err
	}
	data, err := pt.home.Load(area, pt.role)
	if errors.Is(err, syscall.ENAMETOOLONG) { // of a deeply nested sub-role: nothing can be stored for it
		err = fs.ErrNotExist
	}
	return path, data, err
}

// save implements [keeper].
func (pt *part) save(area home.Area, data []byte) error { return pt.home.Store(area, pt.role, data) }

// hint implements [keeper].
func (pt *part) hint(area home.Area) string {
	return fmt.Sprintf(` (give the role other %s with "ansar %s")`, area, area)
}
