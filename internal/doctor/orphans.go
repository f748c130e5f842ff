package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ansar-go/ansar/internal/home"
)

// Variables that whatever a role starts inherits.
const (
	homeVariable = "ANSAR_HOME"
	roleVariable = "ANSAR_ROLE"
)

// process is one that runs on this machine.
type process struct {
	pid, parent int
	start       uint64 // with the id, it names the process for good
	name        string
	args, env   []string
	age         time.Duration
}

// role returns the role of the home that the process was started for, empty if
// it was for none: by its own arguments, or by the variables that it inherited.
// A process that plays a role itself has it among its arguments.
func (p process) role(root string) (role string, plays bool) {
	if len(p.args) > 2 {
		home, one := strings.CutPrefix(p.args[1], "--home-path=")
		role, two := strings.CutPrefix(p.args[2], "--role-name=")
		if one && two {
			if same(home, root) {
				return role, true
			}
			return "", true // of another home, whoever started it
		}
	}
	if same(variable(p.env, homeVariable), root) {
		return variable(p.env, roleVariable), false
	}
	return "", false
}

func variable(env []string, name string) string {
	for _, text := range env {
		if value, ok := strings.CutPrefix(text, name+"="); ok {
			return value
		}
	}
	return ""
}

// same reports whether two paths name the home: as they are, or through links.
func same(path, root string) bool {
	if path == root || !filepath.IsAbs(path) {
		return path == root
	}
	a, err := filepath.EvalSymlinks(path)
	b, other := filepath.EvalSymlinks(root)
	return err == nil && other == nil && a == b
}

// orphans looks for processes that were started for a role and that nobody
// answers for: neither they nor any process above them holds a lock of the home.
func (x *examination) orphans(context.Context) error {
	all := map[int]process{}
	for _, p := range x.machine.process() {
		all[p.pid] = p
	}
	own := above(os.Getpid(), all) // who asks from inside a role shall not be ended
	for _, p := range all {
		role, plays := p.role(x.home.Root())
		if role == "" || own[p.pid] || plays && p.age < x.options.Young || x.answered(p, all) {
			continue
		}
		f := Finding{Kind: Orphan, Role: role, PID: p.pid,
			What:   fmt.Sprintf("process %d (%s) of role %s has nobody who stops it or knows how it ends", p.pid, p.name, role),
			Advice: "ansar doctor --fix ends it"}
		if x.options.Fix {
			f.Fixed = terminate(p, func() bool { return !x.answered(p, all) }, x.options)
			if !f.Fixed {
				f.Advice = "it could not be ended: end it as the user who owns it"
			}
		}
		x.report.add(f)
	}
	return nil
}

// strays looks for the same where the home cannot be opened: locks cannot be
// asked then, but programs that play its roles can be told by their arguments.
func (x *examination) strays() {
	all := map[int]process{}
	for _, p := range x.machine.process() {
		all[p.pid] = p
	}
	own := above(os.Getpid(), all)
	for _, p := range all {
		role, _ := p.role(x.report.Home)
		if role == "" || own[p.pid] {
			continue
		}
		f := Finding{Kind: Orphan, Role: role, PID: p.pid,
			What:   fmt.Sprintf("process %d (%s) of role %s goes on, and its home cannot be used", p.pid, p.name, role),
			Advice: "if the home was moved, stop the role there; if it is lost, ansar doctor --fix ends the process"}
		if x.options.Fix && x.gone() {
			if f.Fixed = terminate(p, x.gone, x.options); !f.Fixed {
				f.Advice = "it could not be ended: end it as the user who owns it"
			}
		}
		x.report.add(f)
	}
}

// Left counts the processes of this machine that were started for roles of the
// home at path, whether there still is one or not, but for this one and those
// that it descends from. It takes some milliseconds.
func Left(path string) int {
	root, err := filepath.Abs(path)
	if err != nil {
		return 0
	}
	x := &examination{report: &Report{Home: root}, machine: thisMachine()}
	x.strays()
	return len(x.report.Findings)
}

// gone reports whether there is no home.json where the home should be.
func (x *examination) gone() bool {
	_, err := os.Lstat(filepath.Join(x.report.Home, "home.json"))
	return errors.Is(err, fs.ErrNotExist)
}

// answered reports whether the process, or one above it, holds a lock of the
// home now: of a role, of its keeper, or the reservation of a command.
func (x *examination) answered(p process, all map[int]process) bool {
	line := above(p.pid, all)
	entries, _ := os.ReadDir(x.home.Dir(home.Locks)) // what cannot be read is told elsewhere
	for _, e := range entries {
		if holder, err := x.home.Holder(e.Name()); err == nil && holder != nil && holder.Visible && line[holder.PID] {
			return true
		}
	}
	return false
}

// above is the process and all those that it descends from.
func above(pid int, all map[int]process) map[int]bool {
	line := map[int]bool{}
	for p, ok := all[pid]; ok && !line[p.pid] && p.pid > 1; {
		line[p.pid] = true
		next, there := all[p.parent]
		p, ok = next, there && next.start <= p.start
	}
	return line
}
