package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
)

// roleFlags are the flags of a command about the past of one role.
type roleFlags struct{ role, homePath string }

func (f *roleFlags) add(e *env, cmd *cobra.Command) {
	word(cmd.Flags(), &f.role, "role-name", "the role")
	word(cmd.Flags(), &f.homePath, "home-path", homeHelp)
	_ = cmd.RegisterFlagCompletionFunc("home-path", completeFolders) // the flag is there
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		switch {
		case len(args) == 0 && f.role == "":
			return completeRoles(e)(cmd, nil, word)
		case len(args) < 2:
			return completeFolders(cmd, args, word)
		}
		return nil, noFiles
	}
}

// past is what is known of the runs of a role.
type past struct {
	home           *home.Home
	role, homePath string
	file           *history.File
	runs           []history.Run // oldest first
}

// open finds the role and reads its history. What nobody has seen end is settled
// before.
func (f roleFlags) open(e *env, words []string) (*past, error) {
	homePath := cmp.Or(f.homePath, e.homePath)
	if err := fill(words, slot{"role", &f.role}, slot{"home", &homePath}); err != nil {
		return nil, err
	}
	switch {
	case f.role == "":
		return nil, usagef("an entry <role> is required")
	case strings.Contains(f.role, "."):
		return nil, usagef("an entry <role> is required: %q has a dot, and is no name of one", f.role)
	}
	p := &past{role: f.role, homePath: cmp.Or(homePath, defaultHome)}
	var err error
	if p.home, err = home.Open(p.homePath); err != nil {
		return nil, err
	}
	if _, err := p.home.Role(p.role); err != nil {
		return nil, err
	}
	p.file = history.Of(p.home, p.role)
	last, err := p.file.Settle()
	if err != nil {
		return nil, err
	}
	if p.runs, err = p.file.Runs(); err != nil {
		return nil, err
	}
	if n := len(p.runs); n > 0 && last != nil && p.runs[n-1].Number == last.Number && p.runs[n-1].Open() {
		p.runs[n-1] = *last // where what was settled could not be written
	}
	if n := p.file.Damaged(); n > 0 {
		fmt.Fprintf(e.stderr, "ansar: %d line(s) in the history of %q are damaged, and were passed over\n", n, p.role)
	}
	return p, nil
}

// number is how lists show a run: the first is 0, and it keeps its number when
// old runs are forgotten.
func number(r *history.Run) int { return r.Number - 1 }

// pick returns the run of a number, counted from the end if it is negative.
func (p *past) pick(start int) (*history.Run, error) {
	if len(p.runs) == 0 {
		return nil, preconditionf("role %q has no start/stop records (%s)", p.role, p.homePath)
	}
	if start < 0 {
		if i := len(p.runs) + start; i >= 0 {
			return &p.runs[i], nil
		}
	}
	for i := range p.runs {
		if number(&p.runs[i]) == start {
			return &p.runs[i], nil
		}
	}
	first, last := number(&p.runs[0]), number(&p.runs[len(p.runs)-1])
	return nil, preconditionf("start out-of-range, %d is none of %d to %d, nor of -1 to -%d", start, first, last, len(p.runs))
}
