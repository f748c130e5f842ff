package deploy

import (
	"maps"
	"path/filepath"
	"slices"

	"github.com/ansar-go/ansar/internal/home"
)

// Part is a folder of the home that is fed by another folder.
type Part struct {
	Name           string    // as the build or the snapshot has it: bin, model-by-role/server-0
	Area           home.Area // Bin, Model or Resource
	Owner          string    // the role or the executable; empty for Bin
	Source, Target string    // absolute paths
	Roles          []string  // that are touched, sorted
	Changes        []Change

	players  map[string][]string // in bin: the roles of each executable
	leftover []string            // what earlier deployments have left in the target
}

func (p *Part) source(path string) string { return filepath.Join(p.Source, filepath.FromSlash(path)) }
func (p *Part) target(path string) string { return filepath.Join(p.Target, filepath.FromSlash(path)) }

// users returns the roles that a change is of: in bin those of the executable.
func (p *Part) users(path string) []string {
	if p.Area != home.Bin {
		return p.Roles
	}
	return p.players[topName(path)]
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

	// Found are lines that say what was detected.
	Found []string

	// Warnings say what is not deployed, and why.
	Warnings []string
}

// Empty reports whether there is nothing to deploy.
func (p *Plan) Empty() bool {
	return len(p.Texts) == 0 && !slices.ContainsFunc(p.Parts, func(part *Part) bool { return len(part.Changes) > 0 })
}

// Touched returns the roles that something changes for, sorted.
func (p *Plan) Touched() []string {
	roles := map[string]bool{}
	for _, part := range p.Parts {
		if len(part.Changes) > 0 {
			for _, role := range part.Roles {
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
		if part.Area == home.Model {
			continue
		}
		for i := range part.Changes {
			users := part.users(part.Changes[i].Path)
			if slices.ContainsFunc(users, func(r string) bool { return set[r] }) {
				for _, role := range users {
					set[role] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}
