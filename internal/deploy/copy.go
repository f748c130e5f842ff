package deploy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// tick is longer than the clock of any file system that has one finer than a
// second. A file that is changed twice within a tick has the same time twice.
const tick = 20 * time.Millisecond

// piece is how much is copied between two looks at the context.
const piece = 4 << 20

// attempts is how often a file is read that changes while it is.
const attempts = 5

// copyFile makes a new file at alias with the content, mode and time of the one
// at path, durable. It returns that one's node. Counted is told what was copied.
func copyFile(ctx context.Context, path, alias string, counted func(int64)) (Node, error) {
	for range attempts {
		node, err := copyOnce(ctx, path, alias, counted)
		if !errors.Is(err, errChanged) {
			return node, err
		}
	}
	return Node{}, fmt.Errorf("read %q: it does not stop changing: deploy when it is complete", path)
}

var errChanged = errors.New("changed meanwhile")

func copyOnce(ctx context.Context, path, alias string, counted func(int64)) (Node, error) {
	from, err := os.Open(path)
	if err != nil {
		return Node{}, cannot("read", path, err)
	}
	defer from.Close()
	before, err := settled(ctx, from)
	if err != nil {
		return Node{}, cannot("read", path, err)
	}
	to, err := os.OpenFile(alias, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return Node{}, cannot("write", alias, err)
	}
	defer to.Close()
	if err := pump(ctx, to, from, counted); err != nil {
		return Node{}, cannot("copy", path, err)
	}
	after, err := from.Stat()
	if err != nil {
		return Node{}, cannot("read", path, err)
	}
	written, err := to.Seek(0, io.SeekCurrent)
	if err != nil {
		return Node{}, cannot("write", alias, err)
	}
	if !after.ModTime().Equal(before.ModTime()) || after.Size() != written {
		return Node{}, errChanged
	}
	node := Node{Kind: File, Mode: after.Mode().Perm(), Size: written, Time: after.ModTime()}
	return node, cannotWrite(alias, finish(to, node))
}

// settled returns what a file is like once its time is past: what is written to
// it from then on changes that.
func settled(ctx context.Context, f *os.File) (os.FileInfo, error) {
	for {
		info, err := f.Stat()
		if err != nil {
			return nil, err
		}
		left := tick - time.Since(info.ModTime())
		if left <= 0 || left > tick { // or it is of the future, which no waiting settles
			return info, nil
		}
		select {
		case <-time.After(left):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// pump copies until the end. Where the system can share the blocks, it does.
func pump(ctx context.Context, to, from *os.File, counted func(int64)) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := io.Copy(to, &io.LimitedReader{R: from, N: piece})
		counted(n)
		if err != nil || n == 0 {
			return err
		}
	}
}

// writeFile replaces a small file as a whole. A zero time means now.
func writeFile(path string, data []byte, changed time.Time) error {
	if changed.IsZero() {
		changed = time.Now()
	}
	alias := filepath.Join(filepath.Dir(path), aliasPrefix+random())
	file, err := os.OpenFile(alias, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return cannot("write", path, err)
	}
	defer os.Remove(alias) // does nothing after the rename
	defer file.Close()
	if _, err = file.Write(data); err == nil {
		err = finish(file, Node{Mode: 0o600, Time: changed})
	}
	if err == nil {
		err = os.Rename(alias, path)
	}
	return cannotWrite(path, err)
}

// finish gives a file the mode and the time of another, and makes it durable.
func finish(f *os.File, node Node) error {
	if err := f.Chmod(node.Mode); err != nil {
		return err
	}
	if err := os.Chtimes(f.Name(), time.Time{}, node.Time); err != nil {
		return err
	}
	if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) { // some file systems have none
		return err
	}
	return f.Close()
}

func cannotWrite(path string, err error) error {
	if err == nil {
		return nil
	}
	return cannot("write", path, err)
}

// syncFolder makes the names in a folder durable.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return cannot("write", path, err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) {
		return cannot("write", path, err)
	}
	return nil
}

// sameContent reports whether two files of one size hold the same.
func sameContent(ctx context.Context, a, b string) (bool, error) {
	one, err := os.Open(a)
	if err != nil {
		return false, cannot("read", a, err)
	}
	defer one.Close()
	other, err := os.Open(b)
	if err != nil {
		return false, cannot("read", b, err)
	}
	defer other.Close()
	left, right := make([]byte, 256<<10), make([]byte, 256<<10)
	for {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		n, err := io.ReadFull(one, left)
		m, otherErr := io.ReadFull(other, right)
		switch {
		case ended(err) && ended(otherErr):
			return string(left[:n]) == string(right[:m]), nil
		case err != nil && !ended(err):
			return false, cannot("read", a, err)
		case otherErr != nil && !ended(otherErr):
			return false, cannot("read", b, otherErr)
		case string(left[:n]) != string(right[:m]):
			return false, nil
		}
	}
}

func ended(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }
