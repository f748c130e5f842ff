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
	// selected by any of them; without words, all are.
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
// among them. Errors to match: [ErrNoMatch] if words or an executable were given
// and nothing is selected; [ErrUsage] for a bad expression.
func (h *Home) Search(s *Search) ([]Role, error) {
	if s == nil {
		s = &Search{}
	}
	matches, err := s.compile()
	if err != nil {
		return nil, err
	}
	roles, err := h.Roles()
	if err != nil {
		return nil, err
	}
	selected := make([]Role, 0, len(roles))
	for _, role := range roles {
		if (s.Executable == "" || s.Executable == role.Executable) && matches(role.Name) != s.Invert {
			selected = append(selected, role)
		}
	}
	switch {
	case len(selected) > 0:
		return selected, nil
	case len(s.Words) > 0:
		return nil, faultf(ErrNoMatch, "no matches for %q", s.String())
	case s.Executable != "" && !s.Invert:
		return nil, faultf(ErrNoMatch, "no matches for executable %q", s.Executable)
	}
	return selected, nil
}

// compile returns whether a name is matched by any word.
func (s *Search) compile() (func(name string) bool, error) {
	var expressions []*regexp.Regexp
	for _, word := range s.Words {
		// By itself first: a word must not reach out of the brackets below.
		if _, err := regexp.Compile(word); err != nil {
			return nil, badExpression(word, err)
		}
		whole, err := regexp.Compile(`\A(?:` + word + `)\z`)
		if err != nil {
			return nil, badExpression(word, err)
		}
		expressions = append(expressions, whole)
	}
	return func(name string) bool {
		for _, e := range expressions {
			if e.MatchString(name) {
				return true
			}
		}
		return len(expressions) == 0
	}, nil
}

func badExpression(word string, err error) error {
	var bad *syntax.Error
	if errors.As(err, &bad) {
		return faultf(ErrUsage, "search %q is not a regular expression: %s: `%s`", word, bad.Code, bad.Expr)
	}
	return faultf(ErrUsage, "search %q is not a regular expression: %v", word, err)
}
