package deploy

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// randomTree draws a tree. Names are few, so that two trees clash a lot.
func randomTree(t *rapid.T, label string) Tree {
	tree := Tree{}
	var fill func(below string, depth int)
	fill = func(below string, depth int) {
		for _, name := range []string{"a", "a.b", "b", "c d"} {
			path := below + name
			kind := rapid.SampledFrom([]Kind{Absent, Absent, File, File, Folder, Link}).Draw(t, label+" "+path)
			if depth == 0 && kind == Folder {
				kind = File
			}
			switch kind {
			case File:
				tree[path] = Node{Kind: File, Mode: rapid.SampledFrom([]fs.FileMode{0o644, 0o755, 0o400}).Draw(t, "mode"),
					Size: int64(rapid.IntRange(0, 2).Draw(t, "size")), Time: long.Add(time.Duration(rapid.IntRange(0, 1).Draw(t, "time")) * time.Nanosecond)}
			case Folder:
				tree[path] = Node{Kind: Folder, Mode: rapid.SampledFrom([]fs.FileMode{0o700, 0o755, 0o555}).Draw(t, "mode")}
				fill(path+"/", depth-1)
			case Link:
				tree[path] = Node{Kind: Link, Dest: rapid.SampledFrom([]string{"a", "../b", "/nowhere"}).Draw(t, "dest")}
			}
		}
	}
	fill("", rapid.IntRange(0, 2).Draw(t, "depth"))
	return tree
}

// plant makes a tree on disk. The content of a file says whose it is, unless
// both sides have it alike. What has another content has another time: that is
// what a deployment relies on.
func plant(t *rapid.T, root string, tree Tree, label string) {
	check(t, os.MkdirAll(root, 0o755))
	for _, path := range slices.SortedFunc(maps.Keys(tree), byPath) {
		name, node := filepath.Join(root, path), tree[path]
		switch node.Kind {
		case File:
			letter := rapid.SampledFrom([]string{"x", label}).Draw(t, "content")
			text := strings.Repeat(letter, int(node.Size))
			node.Time = node.Time.Add(time.Duration(letter[0]) * time.Hour)
			check(t, os.WriteFile(name, []byte(text), 0o644))
			check(t, os.Chmod(name, node.Mode))
			check(t, os.Chtimes(name, node.Time, node.Time))
			tree[path] = node
		case Folder:
			check(t, os.Mkdir(name, 0o755))
		case Link:
			check(t, os.Symlink(node.Dest, name))
		}
	}
	for path, node := range tree {
		if node.Kind == Folder {
			check(t, os.Chmod(filepath.Join(root, path), node.Mode))
		}
	}
}

func check(t *rapid.T, err error) {
	if err != nil {
		t.Fatal(err)
	}
}

// look reads a tree; deployments must have left nothing in it.
func look(t *rapid.T, root string) Tree {
	s, err := scan(context.Background(), root, false)
	check(t, err)
	if len(s.leftover) > 0 {
		t.Fatalf("left over: %v", s.leftover)
	}
	return s.tree
}

// onlyTimes has trees be alike whose files differ in nothing but time: where the
// content is the same, the time of the target stays.
var onlyTimes = cmp.Comparer(func(a, b time.Time) bool { return true })

// Whatever is there and whatever comes: a mirror is like its source, and then
// nothing is left to do; a build adds and replaces, and removes nothing else.
func TestTargetIsLikeItsSource(t *testing.T) {
	h, roles := newHome(t, "server-0 server")
	root := tempDir(t)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		snapshot, build := filepath.Join(root, "s", strconv.Itoa(n)), filepath.Join(root, "b", strconv.Itoa(n))
		model, bin := filepath.Join(h.Root(), "model/server-0"), filepath.Join(h.Root(), "bin")
		check(t, removeAll(model))
		check(t, removeAll(bin))
		source, target := randomTree(t, "source"), randomTree(t, "target")
		plain := maps.Clone(source) // links of a build are another story
		maps.DeleteFunc(plain, func(_ string, n Node) bool { return n.Kind == Link })
		plant(t, filepath.Join(snapshot, "model-by-role/server-0"), source, "s")
		plant(t, model, target, "t")
		plant(t, build, plain, "s")
		plant(t, bin, target, "t")

		d, err := NewDeploy(Input{Home: h, Roles: roles, Build: build, Snapshot: snapshot, Checker: &checker{home: h}})
		check(t, err)
		plan, err := d.Draw(context.Background())
		check(t, err)
		kept, err := plan.Transfer(context.Background(), h, nil)
		check(t, err)
		check(t, kept.Done())

		if diff := cmp.Diff(contents(t, filepath.Join(snapshot, "model-by-role/server-0")), contents(t, model), onlyTimes); diff != "" {
			t.Fatalf("model (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(merged(plain, target), look(t, bin), onlyTimes); diff != "" {
			t.Fatalf("bin (-want +got):\n%s", diff)
		}
		again, err := d.Draw(context.Background())
		check(t, err)
		if !again.Empty() || len(again.Found) > 0 {
			t.Fatalf("the second plan is not empty: %v %+v", again.Found, again.Parts[0])
		}
	})
}

// merged is what a build makes of bin, in the plainest words.
func merged(source, target Tree) Tree {
	out := maps.Clone(source)
	for path, node := range target {
		gone := false
		for above := path; above != "."; above = filepath.Dir(above) {
			s, ok := source[above]
			gone = gone || ok && s.Kind != target[above].Kind
		}
		if _, ok := source[path]; !ok && !gone {
			out[path] = node
		}
	}
	return out
}

// What was replaced can be put back, as it was.
func TestRevertPutsEverythingBack(t *testing.T) {
	h, roles := newHome(t, "server-0 server")
	root := tempDir(t)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		snapshot, model := filepath.Join(root, strconv.Itoa(n)), filepath.Join(h.Root(), "model/server-0")
		check(t, removeAll(model))
		plant(t, filepath.Join(snapshot, "model-by-role/server-0"), randomTree(t, "source"), "s")
		plant(t, model, randomTree(t, "target"), "t")
		before := contents(t, model)
		d, err := NewDeploy(Input{Home: h, Roles: roles, Snapshot: snapshot, Checker: &checker{home: h}})
		check(t, err)
		plan, err := d.Draw(context.Background())
		check(t, err)
		kept, err := plan.Transfer(context.Background(), h, nil)
		check(t, err)
		check(t, kept.Revert())
		check(t, kept.Done())
		if diff := cmp.Diff(before, contents(t, model)); diff != "" {
			t.Fatalf("model (-want +got):\n%s", diff)
		}
		if entries, err := os.ReadDir(filepath.Dir(model)); err != nil || len(entries) != 1 {
			t.Fatalf("in the area: %v (%v)", entries, err)
		}
	})
}

// contents is a tree, with the texts of files.
func contents(t *rapid.T, root string) map[string]any {
	all := map[string]any{}
	for path, node := range look(t, root) {
		text, err := os.ReadFile(filepath.Join(root, path))
		if node.Kind != File {
			text, err = nil, nil
		}
		if !errors.Is(err, fs.ErrPermission) {
			check(t, err)
		}
		all[path] = []any{node, string(text)}
	}
	return all
}
