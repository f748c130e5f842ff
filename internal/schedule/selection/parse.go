package selection

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/settings"
)

// Parse reads an expression. The error is an *[Error].
func Parse(text string) (*Expr, error) {
	p := &parser{text: text}
	if err := p.scan(); err != nil {
		return nil, err
	}
	if len(p.tokens) == 0 {
		return nil, p.errorf(0, "it is empty: write a term such as label:wlan")
	}
	top, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if t := p.next(); t != nil {
		if t.text == ")" && !t.quoted {
			return nil, p.errorf(t.at, ") has no ( before it: take it out")
		}
		return nil, p.errorf(t.at, "%s follows a term: write and or or between them", t)
	}
	return &Expr{text: text, top: top}, nil
}

// parser reads one expression by descending into its parts.
type parser struct {
	text   string
	tokens []token
	done   int
}

// token is a bracket, a word between terms, or a term.
type token struct {
	text   string
	at     int // rune from 0
	key    string
	quoted bool // it is a term, whatever its text
}

func (t *token) String() string { return fmt.Sprintf("%q", t.text) }

// word reports whether the token is this bracket or word.
func (t *token) word(word string) bool {
	return t != nil && !t.quoted && t.key == "" && strings.EqualFold(t.text, word)
}

func (p *parser) errorf(at int, format string, args ...any) *Error {
	return &Error{Text: p.text, Column: at + 1, Problem: fmt.Sprintf(format, args...)}
}

// next returns the token that is not yet taken, or nil at the end.
func (p *parser) next() *token {
	if p.done == len(p.tokens) {
		return nil
	}
	return &p.tokens[p.done]
}

// take takes the next token if it is this word.
func (p *parser) take(word string) bool {
	if !p.next().word(word) {
		return false
	}
	p.done++
	return true
}

// depthMost is how deep brackets and nots may be nested.
const depthMost = 100

func (p *parser) or(depth int) (node, *Error) {
	n, err := p.and(depth)
	if err != nil {
		return nil, err
	}
	all := or{n}
	for p.take("or") {
		if n, err = p.and(depth); err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

func (p *parser) and(depth int) (node, *Error) {
	n, err := p.not(depth)
	if err != nil {
		return nil, err
	}
	all := and{n}
	for p.take("and") {
		if n, err = p.not(depth); err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

func (p *parser) not(depth int) (node, *Error) {
	t := p.next()
	switch {
	case t == nil:
		return nil, p.errorf(len([]rune(p.text)), "a term is missing at the end: add one, such as label:wlan")
	case depth > depthMost:
		return nil, p.errorf(t.at, "it is nested more than %d deep", depthMost)
	case p.take("not"):
		n, err := p.not(depth + 1)
		return not{n}, err
	case p.take("("):
		n, err := p.or(depth + 1)
		if err != nil {
			return nil, err
		}
		if p.next() == nil {
			return nil, p.errorf(t.at, "( is not closed: add )")
		}
		if !p.take(")") {
			return nil, p.errorf(p.next().at, "%s follows a term: write and or or between them", p.next())
		}
		return n, nil
	case t.word(")"), t.word("and"), t.word("or"):
		return nil, p.errorf(t.at, "a term is missing before %s: add one, such as label:wlan", t)
	}
	p.done++
	return p.term(t)
}

func (p *parser) term(t *token) (node, *Error) {
	key := t.key
	if key == "" {
		key = "id"
	}
	values, ok := keys[key]
	if !ok {
		names := slices.Sorted(maps.Keys(keys))
		hint := ""
		if near, ok := settings.Nearest(key, names); ok {
			hint = " (did you mean " + near + ":?)"
		} else {
			hint = fmt.Sprintf("; an id with a colon is written id:%s:%s", key, t.text)
		}
		return nil, p.errorf(t.at, "%s: is no kind of term: there are %s%s", key, strings.Join(names, ":, ")+":", hint)
	}
	at := t.at
	if t.key != "" {
		at += len([]rune(t.key)) + 1
	}
	if t.text == "" {
		return nil, p.errorf(at, "a text is missing behind %s: as in %s:*", key, key)
	}
	if i := strings.IndexFunc(t.text, neverInID); key == "id" && !t.quoted && (i >= 0 || t.text[0] == '!') {
		odd := []rune(t.text[max(i, 0):])[0]
		return nil, p.errorf(at+len([]rune(t.text[:max(i, 0)])), "%q is in no id: between terms write and, or, and not before one", odd)
	}
	g, in, problem := parseGlob(t.text)
	if problem != "" {
		return nil, p.errorf(at+in, "%s", problem)
	}
	if key == "status" {
		if err := p.status(t, at, g); err != nil {
			return nil, err
		}
	}
	return term{values: values, glob: g}, nil
}

// neverInID reports whether a character is neither part of ids nor of patterns.
func neverInID(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-@+:=*?[]!", r)
}

// status checks that there is a status which fits, or the term would never do.
func (p *parser) status(t *token, at int, g *glob) *Error {
	words := []string{none}
	for number := range pb.Status_name {
		words = append(words, pb.Status(number).Name())
	}
	slices.Sort(words)
	if slices.ContainsFunc(words, g.matches) {
		return nil
	}
	hint := ": there are " + strings.Join(words, ", ")
	if near, ok := settings.Nearest(t.text, words); ok {
		hint = " (did you mean " + near + "?)"
	}
	return p.errorf(at, "no status is called %q%s", t.text, hint)
}
