package selection

import (
	"slices"
	"strings"
	"unicode"
)

// scan splits the text into tokens.
func (p *parser) scan() *Error {
	runes := []rune(p.text)
	for i := 0; i < len(runes); {
		switch r := runes[i]; {
		case unicode.IsSpace(r):
			i++
		case r == '(' || r == ')':
			p.tokens = append(p.tokens, token{text: string(r), at: i})
			i++
		default:
			t, end, err := p.scanTerm(runes, i)
			if err != nil {
				return err
			}
			p.tokens = append(p.tokens, t)
			i = end
		}
	}
	return nil
}

// scanTerm reads a word or a term that begins at i.
func (p *parser) scanTerm(runes []rune, i int) (t token, end int, err *Error) {
	t = token{at: i}
	var b strings.Builder
	keyed := false
	for i < len(runes) && !unicode.IsSpace(runes[i]) && runes[i] != '(' && runes[i] != ')' {
		switch r := runes[i]; {
		case r == '"' || r == '\'':
			stop := slices.Index(runes[i+1:], r)
			if stop < 0 {
				return t, i, p.errorf(i, "%c is not closed: add another one", r)
			}
			b.WriteString(string(runes[i+1 : i+1+stop]))
			t.quoted = true
			i += stop + 2
		case r == ':' && !keyed && !t.quoted && isKey(b.String()):
			t.key, keyed = b.String(), true
			b.Reset()
			i++
		default:
			b.WriteRune(r)
			i++
		}
	}
	t.text = b.String()
	return t, i, nil
}

// isKey reports whether a text before a colon is meant as the kind of a term and
// not as a part of an id.
func isKey(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r < 'a' || r > 'z' }) < 0
}
