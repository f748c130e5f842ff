package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ansar-go/ansar/internal/doctor"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/settings"
)

const defaultHome = ".ansar-home"

// given is what a command line says about the home and the roles, once words and
// flags are put together.
type given struct {
	homePath   string // as typed, or the default
	executable string
	words      []string // of the role search, or one role
	invert     bool
}

// slot is a place that a word can fill and a flag, too.
type slot struct {
	name string // as errors call it
	flag *string
}

// fill puts words into slots, in order. More words than slots, and a slot that is
// filled twice, is wrong usage.
func fill(words []string, slots ...slot) error {
	for i, word := range words {
		if i >= len(slots) {
			return usagef("%q is one word too many: there is only %s", word, slotNames(slots))
		}
		if *slots[i].flag != "" {
			return both(slots[i].name)
		}
		if word == "" {
			return usagef("the word for <%s> is empty", slots[i].name)
		}
		*slots[i].flag = word
	}
	return nil
}

func both(name string) error {
	return usagef("a value for %q detected as a word and an argument", name)
}

func slotNames(slots []slot) string {
	names := make([]string, 0, len(slots))
	for _, s := range slots {
		names = append(names, "<"+s.name+">")
	}
	return strings.Join(names, " ")
}

// searchFlags are the flags of a command that searches for roles.
type searchFlags struct {
	roleName, homePath, executable string
	invert                         bool
}

func (s *searchFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	word(fs, &s.roleName, "role-name", "the roles, as a regular expression for the whole name")
	word(fs, &s.homePath, "home-path", homeHelp)
	word(fs, &s.executable, "executable", "only roles of this executable")
	fs.BoolVar(&s.invert, "invert-search", false, "the other roles instead")
}

// resolve puts words and flags together. The last word is the home where it is
// the folder of one, unless the home is given already.
func (s *searchFlags) resolve(e *env, words []string) (*given, error) {
	g := &given{homePath: cmp.Or(s.homePath, e.homePath), executable: s.executable, invert: s.invert}
	if n := len(words); n > 0 && g.homePath == "" && isHome(words[n-1]) {
		g.homePath, words = words[n-1], words[:n-1]
	}
	g.homePath = cmp.Or(g.homePath, defaultHome)
	g.words = words
	if s.roleName != "" {
		if len(words) > 0 {
			return nil, both("role")
		}
		g.words = []string{s.roleName}
	}
	return g, nil
}

// open opens the home and finds the roles. That none is found is an error only
// if some were asked for.
func (g *given) open() (*home.Home, []home.Role, error) {
	h, err := home.Open(g.homePath)
	if errors.Is(err, home.ErrNotHome) {
		if n := doctor.Left(g.homePath); n > 0 {
			err = fmt.Errorf("%w, and %d of its processes run (ansar doctor tells which and what to do)", err, n)
		}
	}
	if err != nil {
		return nil, nil, err
	}
	roles, err := h.Search(g.search())
	return h, roles, err
}

func (g *given) search() *home.Search {
	return &home.Search{Words: g.words, Executable: g.executable, Invert: g.invert}
}

// wordFlag is a text that is not empty: an empty one comes of a variable of the
// shell that is not set, and would mean everything, or the default.
type wordFlag struct {
	name string
	text *string
}

const homeHelp = "the home, instead of " + defaultHome

// word adds a flag for a text that is not empty.
func word(fs *pflag.FlagSet, text *string, name, help string) {
	fs.Var(wordFlag{name, text}, name, help)
}

func (f wordFlag) Set(s string) error {
	if s == "" {
		return &settings.UsageError{Name: "--" + f.name, Problem: "is empty: give it a value or leave it out"}
	}
	*f.text = s
	return nil
}
func (f wordFlag) String() string { return *f.text }
func (f wordFlag) Type() string   { return "string" }

// isHome reports whether the path is the folder of a home, whole or not.
func isHome(path string) bool {
	for _, name := range []string{"home.json", "home.lock"} {
		if _, err := os.Lstat(filepath.Join(path, name)); path != "" && err == nil {
			return true
		}
	}
	return false
}
