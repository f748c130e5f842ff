package deploy

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// Op is what happens to a name in the target.
type Op uint8

// The operations.
const (
	Add    Op = iota + 1
	Update    // of a file or a link, or of one kind to another
	Remove
	Chmod
)

// String returns the operation as listings show it.
func (o Op) String() string { return [...]string{"", "add", "update", "remove", "mode"}[o] }

// Change is one difference between a source and a target.
type Change struct {
	Op   Op
	Path string // slash-separated, below both folders
	New  Node   // as it is in the source; Absent to remove it
	Old  Node   // as it is in the target; Absent to add it

	// Inside is a change that comes with that of a folder above it, which is
	// added, replaced or removed as a whole.
	Inside bool
}

// Bytes returns how much is copied.
func (c *Change) Bytes() int64 {
	if c.Op == Add || c.Op == Update {
		return c.New.Size
	}
	return 0
}

// same tells whether two files that differ in nothing but their time have the
// same content.
type same func(path string) (bool, error)

// compare returns what makes the target like the source, sorted by path, so that
// a folder comes before what is in it. Unless mirror is set, what the source does
// not have stays. Special files are neither copied nor removed, nor in the way.
func compare(source, target Tree, mirror bool, equal same) ([]Change, error) {
	names := map[string]bool{}
	for name := range source {
		names[name] = true
	}
	for name := range target {
		names[name] = true
	}
	var changes []Change
	whole := map[string]bool{} // folders that come, go or change their kind
	for _, name := range slices.SortedFunc(maps.Keys(names), byPath) {
		c := Change{Path: name, New: source[name], Old: target[name], Inside: whole[path.Dir(name)]}
		op, err := c.decide(mirror || c.Inside, equal)
		if err != nil {
			return nil, err
		}
		if op == 0 {
			continue
		}
		c.Op = op
		changes = append(changes, c)
		whole[name] = op != Chmod && (c.New.Kind == Folder || c.Old.Kind == Folder)
	}
	return changes, nil
}

func (c *Change) decide(mirror bool, equal same) (Op, error) {
	s, t := c.New, c.Old
	switch {
	case s.Kind == Other:
		return 0, nil
	case s.Kind == Absent && t.Kind == Other && !c.Inside:
		return 0, nil
	case s.Kind == Absent && !mirror:
		return 0, nil
	case s.Kind == Absent:
		return Remove, nil
	case t.Kind == Absent:
		return Add, nil
	case s.Kind != t.Kind:
		return Update, nil
	case s.Kind == Link:
		return when(s.Dest != t.Dest, Update), nil
	case s.Kind == Folder:
		return when(s.Mode != t.Mode, Chmod), nil
	case s.Size != t.Size:
		return Update, nil
	}
	if !s.Time.Equal(t.Time) {
		if ok, err := equal(c.Path); err != nil || !ok {
			return Update, err
		}
	}
	return when(s.Mode != t.Mode, Chmod), nil
}

func when(changed bool, op Op) Op {
	if changed {
		return op
	}
	return 0
}

// byPath sorts a folder directly before what is in it.
func byPath(a, b string) int {
	return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/"))
}
