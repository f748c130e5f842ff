package deploy

import (
	"os"
	"path/filepath"
	"time"
)

// textCopy is a file of settings or input in a snapshot.
type textCopy struct {
	name  string // in the snapshot
	path  string
	from  string // the file of the home that gives it its time
	data  []byte // nil: it is removed
	there bool   // it is there already
}

func (c *textCopy) item() Item {
	node := Node{Kind: File, Size: int64(len(c.data))}
	switch {
	case c.data == nil:
		return Item{Op: Remove, Name: c.name, Old: Node{Kind: File}}
	case c.there:
		return Item{Op: Update, Name: c.name, New: node}
	default:
		return Item{Op: Add, Name: c.name, New: node}
	}
}

// write writes or removes the file. What it replaces is kept.
func (c *textCopy) write(k *Kept) error {
	folder := filepath.Dir(c.path)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return cannot("create", folder, err)
	}
	p := &place{folder: filepath.Join(folder, keptPrefix+random())}
	k.places = append(k.places, p)
	k.folders[folder] = true
	e := &kept{target: c.path, undo: undoAdd}
	if c.data == nil {
		old, err := p.keep(c.path)
		if err != nil {
			return err
		}
		e.old, e.undo = old, undoRemove
		k.add(e)
		return nil
	}
	if c.there {
		if old, err := p.link(c.path); err == nil {
			e.old, e.undo = old, undoReplace
		}
	}
	var changed time.Time
	if info, err := os.Stat(c.from); err == nil {
		changed = info.ModTime()
	}
	if err := writeFile(c.path, c.data, changed); err != nil {
		return err
	}
	k.add(e)
	return nil
}
