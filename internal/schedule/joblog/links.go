package joblog

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Process is one with a log of its own, as the logs tell of it.
type Process struct {
	Name string // of its log, if that does not say
	PID  int    // 0: it had none of its own
	File string // its log, from the folder that was read, with slashes
	How  string // how it ended; empty: its log does not say

	Parent   *Process   // nil: none, or its log is not in the folder
	Children []*Process // in the order of their starts

	parent string   // file of the log of the parent
	starts []string // files of the children
}

// Links reads the links of all logs in a folder and those below it, and gives the
// processes that are no children of others, by file. The error joins one for each link
// that leads nowhere or is not returned by the other side; the processes are valid all
// the same.
func Links(folder string) ([]*Process, error) {
	byFile := map[string]*Process{}
	var files []string
	err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || d.Name() != "log" && filepath.Ext(name) != ".log" {
			return err
		}
		rel, err := filepath.Rel(folder, name)
		if err != nil {
			return err
		}
		file := filepath.ToSlash(rel)
		p, err := readLinks(name, file)
		if p != nil {
			byFile[file] = p
			files = append(files, file)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, file := range files {
		errs = append(errs, byFile[file].resolve(byFile)...)
	}
	var roots []*Process
	for _, file := range files {
		if p := byFile[file]; p.Parent == nil {
			roots = append(roots, p)
		}
	}
	return roots, errors.Join(errs...)
}

// resolve finds the children that the log of p names, and the parent.
func (p *Process) resolve(byFile map[string]*Process) []error {
	var errs []error
	for _, file := range p.starts {
		c := byFile[file]
		switch {
		case c == nil:
			errs = append(errs, fmt.Errorf("%s: the log %s of a process that it started does not exist", p.File, file))
		case c.parent != p.File:
			errs = append(errs, fmt.Errorf("%s: the log %s of a process that it started does not lead back", p.File, file))
		case c == p || c.Parent != nil || c.above(p):
			errs = append(errs, fmt.Errorf("%s: it is said to be below itself", file))
		default:
			p.Children = append(p.Children, c)
			c.Parent = p
		}
	}
	if p.parent == "" || strings.HasPrefix(p.parent, "../") {
		return errs // none, or elsewhere
	}
	by := byFile[p.parent]
	if by == nil {
		return append(errs, fmt.Errorf("%s: the log %s of its parent does not exist", p.File, p.parent))
	}
	for _, file := range by.starts {
		if file == p.File {
			return errs
		}
	}
	return append(errs, fmt.Errorf("%s: the log %s of its parent does not tell of it", p.File, p.parent))
}

// above reports whether p is a parent of other, or of one of its parents.
func (p *Process) above(other *Process) bool {
	for other = other.Parent; other != nil; other = other.Parent {
		if other == p {
			return true
		}
	}
	return false
}

// readLinks reads the links of one log; nil if it has none.
func readLinks(name, file string) (*Process, error) {
	p := &Process{Name: path.Base(file), File: file}
	found := false
	err := eachLine(name, func(line []byte, whole bool) {
		mark, text, ok := cutLine(line)
		if !ok || !whole || mark[0] != markLink {
			return
		}
		l, ok := readLink(string(text))
		if !ok {
			return
		}
		found = true
		switch there := path.Join(path.Dir(file), l.file); l.kind {
		case startedText:
			p.starts = append(p.starts, there)
		case logOfText:
			p.Name, p.PID = l.who.name, l.who.pid
			if l.file != "" {
				p.parent = there
			}
		default:
			p.How = l.how
		}
	})
	if !found {
		p = nil
	}
	return p, err
}

// eachLine gives the lines of a file without their ends. Of one that is very long it
// gives the beginning, and says that it is not whole. A line is valid during the call.
func eachLine(name string, use func(line []byte, whole bool)) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	r := bufio.NewReaderSize(f, 64<<10)
	for {
		line, err := r.ReadSlice('\n')
		whole := !errors.Is(err, bufio.ErrBufferFull)
		if len(line) > 0 {
			use(bytes.TrimSuffix(line, []byte("\n")), whole)
		}
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = r.ReadSlice('\n')
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}
