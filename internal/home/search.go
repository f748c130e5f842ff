package home

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
)

// Search selects roles. Its zero value, and nil, select all of them.
type Search struct {
	// Words are regular expressions, each to match a whole name. A role is
	// selected by any of them; without words, all are. Each must match a role
	// (of the executable), also of an inverted search: a mistyped one is an error.
	Words []string

	// Executable, unless empty, leaves only the roles of that executable.
	Executable string

	// Invert selects the other roles (of the executable) instead: without
	// words, none.
	Invert bool
}

// String returns the words as typed, or "(all)".
func (s *Search) String() string {
	if s == nil || len(s.Words) == 0 {
		return "(all)"
	}
	return strings.Join(s.Words, " ")
}

// Search returns the roles that s selects, sorted by name. Sub-roles are not
// among them. Errors to match: [ErrNoMatch] for words that match no role, and if
// words or an executable were given and nothing is selected; [ErrUsage] for a bad
// expression.
func (h *Home) Search(s *Search) ([]Role, error) {
	if s == nil {
		s = &Search{}
	}
	words, err := s.compile()
	if err != nil {
		return nil, err
	}
	roles, err := h.Roles()
	if err != nil {
		return nil, err
	}
	selected := make([]Role, 0, len(roles))
	for _, role := range roles {
		if (s.Executable == "" || s.Executable == role.Executable) && words.match(role.Name) != s.Invert {
			selected = append(selected, role)
		}
	}
	idle := words.idle()
	switch {
	case len(idle) > 0:
		return nil, faultf(ErrNoMatch, "no matches for \"%s\"", strings.Join(idle, " "))
	case len(selected) > 0:
		return selected, nil
	case len(s.Words) > 0:
		return nil, faultf(ErrNoMatch, "no matches for \"%s\"", s)
	case s.Executable != "" && !s.Invert:
		return nil, faultf(ErrNoMatch, "no matches for executable %q", s.Executable)
	}
	return selected, nil
}

// expressions are the words of a search.
type expressions []*expression

type expression struct {
	word  string
	whole *regexp.Regexp
	used  bool // it has matched a name
}

// compile returns the words as expressions.
func (s *Search) compile() (expressions, error) {
	var list expressions
	for _, word := range s.Words {
		// By itself first: a word must not reach out of the brackets below.
		if _, err := regexp.Compile(word); err != nil {
			return nil, badExpression(word, err)
		}
		whole, err := regexp.Compile(`\A(?:` + word + `)\z`)
		if err != nil {
			return nil, badExpression(word, err)
		}
		list = append(list, &expression{word: word, whole: whole})
	}
	return list, nil
}

// match reports whether a name is matched by any word. Every word gets to see it.
func (l expressions) match(name string) bool {
	matched := len(l) == 0
	for _, e := range l {
		if e.word == name || e.whole.MatchString(name) { // a name may look like an expression: a+b
			matched, e.used = true, true
		}
	}
	return matched
}

// idle returns the words that have matched no name.
func (l expressions) idle() []string {
	var words []string
	for _, e := range l {
		if !e.used {
			words = append(words, e.word)
		}
	}
	return words
}

func badExpression(word string, err error) error {
	var bad *syntax.Error
	if errors.As(err, &bad) {
		return faultf(ErrUsage, "search \"%s\" is not a regular expression: %s: `%s`", word, bad.Code, bad.Expr)
	}
	return faultf(ErrUsage, "search \"%s\" is not a regular expression: %v", word, err)
}
