package selection

import (
	"regexp"
	"strings"
)

// glob is a pattern of texts.
type glob struct {
	exact  string
	regexp *regexp.Regexp // nil: exact
}

func (g *glob) matches(s string) bool {
	if g.regexp == nil {
		return s == g.exact
	}
	return g.regexp.MatchString(s)
}

// parseGlob returns the pattern, or what is wrong with it and at which rune.
func parseGlob(s string) (g *glob, at int, problem string) {
	if !strings.ContainsAny(s, "*?[") {
		return &glob{exact: s}, 0, ""
	}
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	runes := []rune(s)
	for i := 0; i < len(runes); i++ {
		switch runes[i] {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteByte('.')
		case '[':
			end := i + 1
			for end < len(runes) && (runes[end] != ']' || end == i+1 || end == i+2 && runes[i+1] == '!') {
				end++
			}
			if end == len(runes) {
				return nil, i, "[ is not closed: add ]"
			}
			class, ok := classOf(runes[i+1 : end])
			if !ok {
				return nil, i, "the characters between [ and ] are in the wrong order: write the lower one first"
			}
			b.WriteString(class)
			i = end
		default:
			b.WriteString(regexp.QuoteMeta(string(runes[i])))
		}
	}
	b.WriteString(`\z`)
	re, err := regexp.Compile(b.String())
	if err != nil {
		return nil, 0, "it is too long"
	}
	return &glob{regexp: re}, 0, ""
}

// classOf returns what is between brackets as a regular expression has it.
func classOf(inside []rune) (string, bool) {
	var b strings.Builder
	b.WriteByte('[')
	if inside[0] == '!' && len(inside) > 1 {
		b.WriteByte('^')
		inside = inside[1:]
	}
	for i := 0; i < len(inside); i++ {
		if i+2 < len(inside) && inside[i+1] == '-' {
			if inside[i] > inside[i+2] {
				return "", false
			}
			b.WriteString(quote(inside[i]) + "-" + quote(inside[i+2]))
			i += 2
			continue
		}
		b.WriteString(quote(inside[i]))
	}
	b.WriteByte(']')
	return b.String(), true
}

// quote returns a character that stands for itself in a class.
func quote(r rune) string {
	if strings.ContainsRune(`\]^-[&~`, r) {
		return `\` + string(r)
	}
	return string(r)
}
