package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ansar-go/ansar/internal/home"
)

// Suffixes of lock files beside those of the roles themselves.
var lockSuffixes = []string{".keeper", ".change"}

// locks looks at who holds what, and which locks were never given back. The
// kernel has freed those: their text alone is left.
func (x *examination) locks(context.Context) error {
	entries, err := os.ReadDir(x.home.Dir(home.Locks))
	if err != nil {
		x.unreadable("", x.home.Dir(home.Locks), err)
		return nil
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		path := filepath.Join(x.home.Dir(home.Locks), e.Name())
		holder, err := x.home.Holder(e.Name())
		if err != nil {
			x.unreadable("", path, err)
			continue
		}
		role := lockedRole(e.Name())
		if holder != nil {
			if _, known := x.known[e.Name()]; known {
				x.report.Running++
			}
			if !holder.Visible {
				x.report.add(Finding{Kind: Lock, Note: true, Role: role, Path: path, PID: holder.PID,
					What:   fmt.Sprintf("it is held by process %d of another container or machine", holder.PID),
					Advice: "use the home there: nothing here can stop it"})
			}
			continue
		}
		var text struct {
			PID   int    `json:"pid"`
			Since string `json:"since"`
		}
		data, err := os.ReadFile(path)
		if err == nil && json.Unmarshal(data, &text) == nil && text.PID > 0 {
			x.report.add(Finding{Kind: Lock, Note: true, Role: role, Path: path, PID: text.PID,
				What:   fmt.Sprintf("process %d held it since %s and ended without giving it back", text.PID, text.Since),
				Advice: "nothing: it is free"})
		}
	}
	return nil
}

// lockedRole is the role that a lock file is about.
func lockedRole(name string) string {
	for _, suffix := range lockSuffixes {
		name = strings.TrimSuffix(name, suffix)
	}
	return name
}

// leftovers looks for files of roles that do not exist, and for those that a
// writer left which was killed.
func (x *examination) leftovers(context.Context) error {
	dirs := []string{x.home.Root()}
	for _, area := range []home.Area{home.Settings, home.Input, home.Model, home.Tmp, home.Logs, home.Locks, home.History} {
		dirs = append(dirs, x.home.Dir(area))
		entries, err := os.ReadDir(x.home.Dir(area))
		if err != nil {
			x.unreadable("", x.home.Dir(area), err)
			continue
		}
		for _, e := range entries {
			name := e.Name()
			if strings.HasPrefix(name, ".") {
				continue
			}
			for _, extension := range []string{".json", ".jsonl"} {
				name = strings.TrimSuffix(name, extension)
			}
			top, _, _ := strings.Cut(name, ".") // sub-roles and locks are named after their role
			if _, known := x.known[top]; !known {
				x.report.add(Finding{Kind: Leftover, Note: true, Path: filepath.Join(x.home.Dir(area), e.Name()),
					What: "there is no role " + top, Advice: "remove it if nobody needs it"})
			}
		}
	}
	for _, dir := range append(dirs, x.home.Dir(home.Schema)) {
		x.unfinished(dir)
	}
	return nil
}

// unfinished reports the temporary files of writers that were killed.
func (x *examination) unfinished(dir string) {
	entries, _ := os.ReadDir(dir) // what cannot be read is told elsewhere
	for _, e := range entries {
		stem := strings.TrimRight(e.Name(), "0123456789")
		info, err := e.Info()
		if !strings.HasPrefix(stem, ".") || stem == e.Name() || !strings.Contains(stem[1:], ".") || err != nil || !info.Mode().IsRegular() {
			continue
		}
		if x.machine.now().Sub(info.ModTime()) < time.Minute {
			continue // may be in use
		}
		x.report.add(Finding{Kind: Leftover, Note: true, Path: filepath.Join(dir, e.Name()),
			What: "its writer was killed before it had replaced a file, which has its old content", Advice: "nothing: the next change removes it"})
	}
}
