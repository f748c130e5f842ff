package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/ansar-go/ansar/internal/home"
)

// machine is what is asked about the machine. Tests put in others.
type machine struct {
	now     func() time.Time
	disk    func(path string) (space, error)
	limits  func() []limit
	process func() []process // all there are
}

// space is what is left on the disk of a path.
type space struct {
	device       uint64 // paths on one disk have the same
	free, files  uint64 // for this user: bytes, and files that can be made
	countedFiles bool   // the disk has a limit on files
}

// limit is something there can be only so much of.
type limit struct {
	name  string
	value uint64
	each  uint64 // what a role needs of it
	more  uint64 // what else is needed
	raise string // how to get more
}

func thisMachine() machine {
	return machine{now: time.Now, disk: diskSpace, limits: systemLimits, process: systemProcesses}
}

// few is how much disk is too little for anything.
const few = 64 << 20

// disk compares what is left with what the roles may still log.
func (x *examination) disk(context.Context) error {
	type place struct {
		path  string
		space space
		want  uint64
	}
	places := map[uint64]*place{}
	for _, area := range append([]home.Area{home.Logs}, home.Areas()...) {
		s, err := x.machine.disk(x.home.Dir(area))
		if err != nil {
			return fmt.Errorf("look at the disk of %q: %w", x.home.Dir(area), err)
		}
		if places[s.device] == nil {
			places[s.device] = &place{path: x.home.Dir(area), space: s}
		}
		if area == home.Logs && places[s.device].want == 0 {
			for name, set := range x.sets {
				size, err := x.home.LogSize(name)
				if err == nil {
					places[s.device].want += uint64(max(set.Storage()-size.Bytes, 0))
				}
			}
		}
	}
	for _, p := range places {
		switch {
		case p.space.free < few:
			x.report.add(Finding{Kind: Disk, Path: p.path, What: fmt.Sprintf("only %s are left on its disk", bytesText(p.space.free)),
				Advice: "free some space: nothing can be changed without, and logs lose their oldest lines"})
		case p.space.free < p.want:
			x.report.add(Finding{Kind: Disk, Path: p.path,
				What:   fmt.Sprintf("%s are left on its disk, and the logs of all roles may grow by %s", bytesText(p.space.free), bytesText(p.want)),
				Advice: "free some space, or lower the property storage"})
		case p.space.countedFiles && p.space.files < 1000:
			x.report.add(Finding{Kind: Disk, Path: p.path, What: fmt.Sprintf("only %d more files fit on its disk", p.space.files),
				Advice: "remove some files"})
		}
	}
	return nil
}

// limits compares those of this user with what the group needs.
func (x *examination) limits(context.Context) error {
	for _, l := range x.machine.limits() {
		if need := l.more + l.each*uint64(len(x.roles)); l.value < need {
			x.report.add(Finding{Kind: Limit, What: fmt.Sprintf("the limit on %s is %d, and %d roles may need %d", l.name, l.value, len(x.roles), need), Advice: l.raise})
		}
	}
	return nil
}

// clock looks for files of the future: times of logs and history would go back.
func (x *examination) clock(context.Context) error {
	var newest time.Time
	var path string
	for _, dir := range []string{x.home.Root(), x.home.Dir(home.History), x.home.Dir(home.Settings), x.home.Dir(home.Locks)} {
		entries, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			continue // told elsewhere
		}
		for _, e := range entries {
			if info, err := e.Info(); err == nil && info.ModTime().After(newest) {
				newest, path = info.ModTime(), filepath.Join(dir, e.Name())
			}
		}
	}
	if ahead := newest.Sub(x.machine.now()); ahead > time.Minute {
		x.report.add(Finding{Kind: Clock, Path: path, What: fmt.Sprintf("it was written %v after now", ahead.Round(time.Second)),
			Advice: "set the clock: new lines of logs and history are taken for older than they are"})
	}
	return nil
}

// bytesText is a number of bytes for people.
func bytesText(n uint64) string {
	value, unit := float64(n), 0
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	for value >= 1024 && unit < len(units)-1 {
		value, unit = value/1024, unit+1
	}
	if unit == 0 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f %s", value, units[unit])
}
