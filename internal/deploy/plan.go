package deploy

import (
	"maps"
	"path/filepath"
	"slices"

	"github.com/ansar-go/ansar/internal/home"
)

// Part is a folder that is fed by another.
type Part struct {
	Name           string // of the target, as people are told: bin, model/server-0
	Source, Target string // absolute paths
	Changes        []Change

	owner    string              // the role or the executable; empty if each name in it has its own
	roles    []string            // that a change touches, if it has an owner
	players  map[string][]string // that a change touches, by the first part of its path
	shared   bool                // a change is of all that play it: they are put back together
	reading  bool                // it is the source that belongs to roles
	leftover []string            // what earlier deployments have left in the target
}

func (p *Part) source(path string) string { return filepath.Join(p.Source, filepath.FromSlash(path)) }
func (p *Part) target(path string) string { return filepath.Join(p.Target, filepath.FromSlash(path)) }

// users returns the roles that a change is of.
func (p *Part) users(c *Change) []string {
	switch {
	case p.reading && c.New.Kind != File && c.New.Kind != Link:
		return nil // a folder can be made, and anything removed, without a look at the role
	case p.owner == "":
		return p.players[topName(c.Path)]
	}
	return p.roles
}

// keptFolder returns where what is replaced is kept: in the area, so that no role
// sees it in a folder of its own.
func (p *Part) keptFolder() string {
	folder := p.Target
	if p.owner != "" {
		folder = filepath.Dir(folder)
	}
	return filepath.Join(folder, keptPrefix+random())
}

// deltas counts what is moved, removed or given another mode by itself.
func (p *Part) deltas() (all, moved int) {
	for i := range p.Changes {
		c := &p.Changes[i]
		if c.Inside {
			continue
		}
		all++
		if c.Op == Add || c.Op == Update {
			moved++
		}
	}
	return all, moved
}

// Text is a file of settings or input that is replaced.
type Text struct {
	Area home.Area // Settings or Input
	Role string
	From []string // the files that it comes from, below the snapshot
	Data []byte
}

// Plan is what a deployment would do.
type Plan struct {
	Parts []*Part // with changes, or with something left to clear
	Texts []*Text

	// Executables are those that would be replaced or added, sorted.
	Executables []string

	schemas map[string][]byte // what executables with roles declare from then on
	copies  []*textCopy       // files of a snapshot
	base    string            // a folder that is made first where it is missing; may be empty

	// Found are lines that say what was detected.
	Found []string

	// Warnings say what is not deployed, and why.
	Warnings []string
}

// Empty reports whether there is nothing to deploy.
func (p *Plan) Empty() bool {
	return len(p.Texts)+len(p.copies) == 0 && !slices.ContainsFunc(p.Parts, func(part *Part) bool { return len(part.Changes) > 0 })
}

// Touched returns the roles that something changes for, sorted.
func (p *Plan) Touched() []string {
	roles := map[string]bool{}
	for _, part := range p.Parts {
		for i := range part.Changes {
			for _, role := range part.users(&part.Changes[i]) {
				roles[role] = true
			}
		}
	}
	for _, text := range p.Texts {
		roles[text.Role] = true
	}
	return slices.Sorted(maps.Keys(roles))
}

// Bytes returns how much would be copied.
func (p *Plan) Bytes() int64 {
	var n int64
	for _, part := range p.Parts {
		for i := range part.Changes {
			n += part.Changes[i].Bytes()
		}
	}
	for _, text := range p.Texts {
		n += int64(len(text.Data))
	}
	for _, c := range p.copies {
		n += int64(len(c.data))
	}
	return n
}

// Companions returns the roles that must be put back together with these:
// those that share a changed executable or resource with one of them. They
// include the roles given.
func (p *Plan) Companions(roles ...string) []string {
	set := map[string]bool{}
	for _, role := range roles {
		set[role] = true
	}
	for _, part := range p.Parts {
		if !part.shared {
			continue
		}
		for i := range part.Changes {
			users := part.users(&part.Changes[i])
			if slices.ContainsFunc(users, func(r string) bool { return set[r] }) {
				for _, role := range users {
					set[role] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// Item is a line of what a plan would do.
type Item struct {
	Op       Op
	Name     string // bin/client, settings/server-0.json
	New, Old Node
}

// Items returns what a plan would do, in order.
func (p *Plan) Items() []Item {
	var items []Item
	for _, part := range p.Parts {
		for i := range part.Changes {
			c := &part.Changes[i]
			items = append(items, Item{c.Op, part.Name + "/" + c.Path, c.New, c.Old})
		}
	}
	for _, t := range p.Texts {
		node := Node{Kind: File, Size: int64(len(t.Data))}
		items = append(items, Item{Update, string(t.Area) + "/" + t.Role + ".json", node, Node{}})
	}
	for _, c := range p.copies {
		items = append(items, c.item())
	}
	return items
}
