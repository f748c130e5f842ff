package home

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// originName is the file in a redirected folder that names its home.
const originName = ".ansar-origin"

// Create makes a home at path, of mode 0700, and opens it.
//
// A redirected area is kept elsewhere, below a folder that exists: [Bin] and
// [Resource] are that folder, which homes may share; the others get a folder
// ansar-<area>-<uuid> in it, which names its home in .ansar-origin.
//
// A folder that is a part of a home is completed: what it holds stays as it is.
// What only its owner can bring back is an error: home.json where roles have left
// something, and the target of a redirected area.
// After an error everything that Create has made is gone again.
//
// Errors to match: [ErrExists]; [ErrUsage] for an area that cannot be redirected
// or a folder with other contents; [ErrNotHome] for a redirected area whose target
// is gone; [ErrDamaged] and [ErrNewer] as for [Open].
func Create(path string, redirects map[Area]string) (*Home, error) {
	root, err := filepath.Abs(path)
	if err != nil {
		return nil, cannot("find", path, err)
	}
	targets, err := checkRedirects(root, redirects)
	if err != nil {
		return nil, err
	}
	for {
		c := &creation{root: root, targets: targets}
		h, err := c.run()
		if err != nil {
			c.undo()
		}
		if c.lock != nil {
			c.lock.unlock()
		}
		if c.lock == nil && errors.Is(err, ErrNotHome) {
			continue // another one that failed took the folder away
		}
		return h, err
	}
}

// checkRedirects returns the redirects as absolute paths.
func checkRedirects(root string, redirects map[Area]string) (map[Area]string, error) {
	targets := map[Area]string{}
	for _, area := range slices.Sorted(maps.Keys(redirects)) {
		target := redirects[area]
		if !area.Redirectable() {
			return nil, faultf(ErrUsage, "area %q cannot be redirected: those that can are %s", string(area), areaNames(Area.Redirectable))
		}
		absolute, err := filepath.Abs(target)
		if err != nil || target == "" {
			return nil, faultf(ErrUsage, "redirect of %s to %q: give a folder", area, target)
		}
		if !isFolder(absolute) {
			return nil, faultf(ErrUsage, "redirect of %s to %q: no such folder, create it first", area, absolute)
		}
		if absolute == root || strings.HasPrefix(absolute, root+string(filepath.Separator)) {
			return nil, faultf(ErrUsage, "redirect of %s to %q: that is inside the home", area, absolute)
		}
		targets[area] = absolute
	}
	return targets, nil
}

// creation is one attempt to create a home, and what it has made so far.
type creation struct {
	root    string
	targets map[Area]string
	lock    *homeLock
	made    []string // files, links and folders, in order
}

func (c *creation) run() (*Home, error) {
	if err := c.folders(c.root); err != nil {
		return nil, err
	}
	_, err := os.Lstat(filepath.Join(c.root, lockName))
	missing := absent(err)
	if c.lock, err = lockHome(c.root, lockWait, true); err != nil {
		return nil, err
	}
	if missing {
		c.made = append(c.made, c.lock.file.path)
	}
	if _, err := Open(c.root); err == nil {
		return nil, faultf(ErrExists, "home at %q already exists", c.root)
	}
	r, err := readRecord(c.root)
	if errors.Is(err, ErrNotHome) {
		r, err = c.begin()
	}
	if err != nil {
		return nil, err
	}
	if len(c.targets) > 0 && !maps.Equal(r.redirects, placed(c.targets, r.id)) {
		return nil, faultf(ErrUsage, "home at %q was begun with other redirects: complete it without any", c.root)
	}
	if err := os.Chmod(c.root, 0o700); err != nil { // the folder may have been there: what it keeps now is nobody else's
		return nil, cannot("create", c.root, err)
	}
	h := newHome(c.root, r)
	for _, area := range Areas() {
		if err := h.checkTarget(area); err != nil {
			return nil, err
		}
	}
	for _, area := range Areas() {
		if err := c.area(h, area); err != nil {
			return nil, err
		}
	}
	if err := syncFolder(c.root); err != nil {
		return nil, cannot("create", c.root, err)
	}
	return h, nil
}

// begin writes the first home.json. From then on another Create can complete
// what this one might leave.
func (c *creation) begin() (*record, error) {
	if other := c.foreign(); other != nil {
		return nil, faultf(ErrUsage, "folder %q has other contents (%s): choose an empty or a new one", c.root, strings.Join(other, ", "))
	}
	id := newUUID()
	r := &record{id: id, version: version, created: time.Now(), redirects: placed(c.targets, id)}
	name := filepath.Join(c.root, recordName)
	if err := newHome(c.root, r).replace(replacement{name, r.encode()}); err != nil {
		return nil, err
	}
	c.made = append(c.made, name)
	return r, nil
}

// foreign returns what is in the folder and in no home.
func (c *creation) foreign() []string {
	var other []string
	entries, _ := os.ReadDir(c.root)
	for _, e := range entries {
		name := e.Name()
		if name != lockName && !slices.Contains(Areas(), Area(name)) && !isLeftover(name) {
			other = append(other, name)
		}
	}
	return other
}

// placed returns where the areas will be, given the folders asked for.
func placed(targets map[Area]string, id string) map[Area]string {
	places := map[Area]string{}
	for area, target := range targets {
		if area.private() {
			target = filepath.Join(target, "ansar-"+string(area)+"-"+id)
		}
		places[area] = target
	}
	return places
}

// area makes one area, or finds it made.
func (c *creation) area(h *Home, area Area) error {
	here := filepath.Join(h.root, string(area))
	target, redirected := h.redirects[area]
	if !redirected {
		return c.folder(here)
	}
	if area.private() {
		if err := c.folder(target); err != nil {
			return err
		}
		if err := c.origin(h, area); err != nil {
			return err
		}
	}
	if there, err := os.Readlink(here); err == nil && there == target {
		return nil
	}
	_ = syscall.Rmdir(here) // an empty folder gives way to the link, nothing else does
	if err := os.Symlink(target, here); err != nil {
		return cannot("link", here, err)
	}
	c.made = append(c.made, here)
	return nil
}

// origin is what .ansar-origin says.
type origin struct {
	Home string `json:"home"`
	ID   string `json:"id"`
	Area Area   `json:"area"`
}

func (c *creation) origin(h *Home, area Area) error {
	name := filepath.Join(h.Dir(area), originName)
	if _, err := os.Lstat(name); err == nil {
		return nil
	}
	text, _ := json.Marshal(origin{h.root, h.id, area}) // strings always encode
	if err := os.WriteFile(name, pretty(text), 0o600); err != nil {
		_ = os.Remove(name)
		return cannot("write", name, err)
	}
	c.made = append(c.made, name)
	return nil
}

// folders makes a folder and those above it that are missing.
func (c *creation) folders(path string) error {
	if isFolder(path) {
		return nil
	}
	if _, err := os.Lstat(path); absent(err) && filepath.Dir(path) != path {
		if err := c.folders(filepath.Dir(path)); err != nil {
			return err
		}
	}
	return c.folder(path)
}

func (c *creation) folder(path string) error {
	switch err := os.Mkdir(path, 0o700); {
	case err == nil:
		c.made = append(c.made, path)
		return nil
	case errors.Is(err, fs.ErrExist) && isFolder(path):
		return nil
	default:
		return cannot("create", path, err)
	}
}

// undo removes what was made, last first, and nothing that others have put
// there since.
func (c *creation) undo() {
	for _, path := range slices.Backward(c.made) {
		_ = os.Remove(path)
	}
}
