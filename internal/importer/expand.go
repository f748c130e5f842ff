package importer

import "strings"

// expand puts the values of variables in place of $NAME and ${NAME}, and $ in
// place of $$, as process-compose does when it reads a file.
func (r *reader) expand(line int, text string) string {
	return r.dollars(text, func(name, _ string) string {
		value, ok := r.Lookup(name)
		if !ok {
			r.leave(line, "$%s is not set: nothing was put in its place", name)
		}
		return value
	})
}

// unescape puts $ in place of $$, and leaves variables to a shell.
func (r *reader) unescape(text string) string {
	return r.dollars(text, func(_, whole string) string { return whole })
}

func (r *reader) dollars(text string, variable func(name, whole string) string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, "$")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		text = after
		if strings.HasPrefix(text, "$") {
			out.WriteByte('$')
			text = text[1:]
			continue
		}
		name, whole := nameIn(text)
		if name == "" {
			out.WriteByte('$')
			continue
		}
		out.WriteString(variable(name, "$"+whole))
		text = text[len(whole):]
	}
}

// nameIn returns the name of a variable that text begins with, behind a $, and
// that with its braces. Other things in braces are left to a shell.
func nameIn(text string) (name, whole string) {
	rest, braced := strings.CutPrefix(text, "{")
	n := 0
	for n < len(rest) && (rest[n] == '_' || 'A' <= rest[n] && rest[n] <= 'Z' || 'a' <= rest[n] && rest[n] <= 'z' || n > 0 && '0' <= rest[n] && rest[n] <= '9') {
		n++
	}
	switch {
	case n == 0, braced && !strings.HasPrefix(rest[n:], "}"):
		return "", ""
	case braced:
		return rest[:n], text[:n+2]
	}
	return rest[:n], text[:n]
}
