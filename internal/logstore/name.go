package logstore

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The names are those of lumberjack.
const (
	currentName = "log.txt"
	namePrefix  = "log-"
	nameSuffix  = ".txt"
	nameLayout  = "2006-01-02T15-04-05.000"
)

func nameAt(t time.Time) string { return namePrefix + t.UTC().Format(nameLayout) + nameSuffix }

// nameTime returns the time in the name of a segment.
func nameTime(name string) (time.Time, bool) {
	middle, found := strings.CutPrefix(name, namePrefix)
	middle, whole := strings.CutSuffix(middle, nameSuffix)
	if !found || !whole || len(middle) != len(nameLayout) {
		return time.Time{}, false
	}
	t, err := time.Parse(nameLayout, middle)
	return t, err == nil
}

// nextName returns a name for a segment that ends now: one behind that of the
// last, also where the clock has gone back, or two end in one millisecond.
func nextName(last string, now time.Time) string {
	name := nameAt(now)
	if t, ok := nameTime(last); ok && name <= last {
		name = nameAt(t.Add(time.Millisecond))
	}
	return name
}

// oldNames lists the segments of a folder but the current, oldest first. A folder
// that is not there has none.
func oldNames(folder string) ([]string, error) {
	d, err := os.Open(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		_, ok := nameTime(name)
		return !ok
	})
	slices.Sort(names)
	return names, nil
}

func currentPath(folder string) string { return filepath.Join(folder, currentName) }
