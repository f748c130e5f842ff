package deploy

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Kind is what a name in a folder stands for.
type Kind uint8

// The kinds. Absent is the zero value: the name is not there.
const (
	Absent Kind = iota
	File
	Folder
	Link
	Other // a socket, a pipe, a device: nothing that is copied
)

// String returns the kind as texts name it.
func (k Kind) String() string {
	return [...]string{"nothing", "file", "folder", "link", "special file"}[k]
}

// Node is one name in a folder.
type Node struct {
	Kind Kind
	Mode fs.FileMode // permissions; zero for links
	Size int64       // of a file, in bytes
	Time time.Time   // of the last change of a file
	Dest string      // what a link holds
}

// Tree is what is in a folder: slash-separated paths below it, and their nodes.
// The folder itself is not in it.
type Tree map[string]Node

// Names that begin so are of deployments. They are never copied.
const (
	ownPrefix   = ".ansar-deploy-"
	aliasPrefix = ownPrefix + "new-" // a new file or folder, beside its place
	keptPrefix  = ownPrefix + "old-" // a folder of what was replaced
)

// scanner reads one tree.
type scanner struct {
	root string

	// follow has links that lead out of the folder stand for what they lead to.
	follow bool

	real     string // root without links
	tree     Tree
	skipped  []string // paths of special files and of links that lead nowhere
	leftover []string // paths of what deployments have left
}

// scan reads a folder. One that is not there is empty.
func scan(ctx context.Context, root string, follow bool) (*scanner, error) {
	s := &scanner{root: root, follow: follow, tree: Tree{}}
	real, err := filepath.EvalSymlinks(root)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, cannot("read", root, err)
	}
	s.real = real
	return s, s.folder(ctx, real, "", nil)
}

// folder reads the folder at path, whose place in the tree is below. Above are
// the folders outside of the root that it was reached through.
func (s *scanner) folder(ctx context.Context, path, below string, above []string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return cannot("read", path, err)
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		name := below + e.Name()
		if strings.HasPrefix(e.Name(), ownPrefix) {
			s.leftover = append(s.leftover, name)
			continue
		}
		if err := s.entry(ctx, filepath.Join(path, e.Name()), name, above); err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) entry(ctx context.Context, path, name string, above []string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // gone since
	}
	if err != nil {
		return cannot("read", path, err)
	}
	if info.Mode().Type() == fs.ModeSymlink && s.follow {
		real, err := filepath.EvalSymlinks(path)
		switch {
		case broken(err):
			s.skipped = append(s.skipped, name)
			return nil
		case err != nil:
			return cannot("read", path, err)
		case !within(s.real, real):
			for _, a := range above {
				if within(real, a) {
					return fmt.Errorf("read %q: the link leads to a folder around it", path)
				}
			}
			path, above = real, append(above[:len(above):len(above)], real)
			if info, err = os.Stat(path); err != nil {
				return cannot("read", path, err)
			}
		}
	}
	node, err := nodeOf(path, info)
	if err != nil {
		return err
	}
	if node.Kind == Other {
		s.skipped = append(s.skipped, name)
	}
	s.tree[name] = node
	if node.Kind == Folder {
		return s.folder(ctx, path, name+"/", above)
	}
	return nil
}

func nodeOf(path string, info fs.FileInfo) (Node, error) {
	switch info.Mode().Type() {
	case 0:
		return Node{Kind: File, Mode: info.Mode().Perm(), Size: info.Size(), Time: info.ModTime()}, nil
	case fs.ModeDir:
		return Node{Kind: Folder, Mode: info.Mode().Perm()}, nil
	case fs.ModeSymlink:
		dest, err := os.Readlink(path)
		if err != nil {
			return Node{}, cannot("read", path, err)
		}
		return Node{Kind: Link, Dest: dest}, nil
	default:
		return Node{Kind: Other}, nil
	}
}

func broken(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ELOOP) || errors.Is(err, syscall.ENOTDIR) ||
		err != nil && strings.Contains(err.Error(), "too many links") // of package filepath
}

// within reports whether path is dir or below it. Both are absolute and clean.
func within(dir, path string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}
