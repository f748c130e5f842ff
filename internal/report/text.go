package report

import (
	"fmt"
	"strings"
	"unicode"
)

// Text renders the reports as lines:
//
//	role "client-0" (pass/fail): 2/1
//	/home/me/client/client.go:48 - Expected "eager" for "fervent", got "fervent"
//
// Each test that failed has one line, of the form that editors and terminals
// follow to the place in the file.
func (s *Suite) Text() string {
	var text strings.Builder
	for _, r := range s.Roles {
		if r.Report == nil {
			continue
		}
		fmt.Fprintf(&text, "role %q (pass/fail): %d/%d\n", r.Name, r.Report.GetPassed(), r.Report.GetFailed())
		shown := uint32(0)
		for _, test := range r.Report.GetTested() {
			if !test.GetCondition() {
				shown++
				fmt.Fprintf(&text, "%s:%d - %s\n", test.GetSource(), test.GetLine(), oneLine(test.GetText()))
			}
		}
		if more := r.Report.GetFailed() - min(shown, r.Report.GetFailed()); more > 0 {
			fmt.Fprintf(&text, "and %d more that failed, which the report has no room for\n", more)
		}
	}
	return text.String()
}

// named is how many roles a line names.
const named = 3

// Faults tells in one line which roles ended in a fault, by the kind of fault;
// it is empty if none did. What the first one of each kind had to say stands
// for all of them.
func (s *Suite) Faults() string {
	type kind struct {
		name  string
		roles []string
		first error
	}
	var kinds []*kind
	for _, r := range s.Roles {
		if r.Fault == nil {
			continue
		}
		name := faultName(r.Fault)
		var k *kind
		for _, known := range kinds {
			if known.name == name {
				k = known
			}
		}
		if k == nil {
			k = &kind{name: name, first: r.Fault}
			kinds = append(kinds, k)
		}
		k.roles = append(k.roles, r.Name)
	}
	var parts []string
	for _, k := range kinds {
		first, _, _ := strings.Cut(k.first.Error(), "\n")
		parts = append(parts, fmt.Sprintf("%s ended in %s: %s", roleList(k.roles), k.name, oneLine(first)))
	}
	return strings.Join(parts, "; ")
}

// roleList names roles, or the first of many.
func roleList(names []string) string {
	switch n := len(names); {
	case n == 1:
		return fmt.Sprintf("role %q", names[0])
	case n <= named:
		return fmt.Sprintf("%d roles (%s)", n, strings.Join(names, ", "))
	default:
		return fmt.Sprintf("%d roles (%s and %d more)", n, strings.Join(names[:named], ", "), n-named)
	}
}

// oneLine is a text in one line, with nothing in it that a terminal obeys.
func oneLine(text string) string {
	if !strings.ContainsFunc(text, hidden) {
		return text
	}
	var line strings.Builder
	for _, r := range text {
		switch {
		case r == '\n':
			line.WriteString(`\n`)
		case hidden(r):
			fmt.Fprintf(&line, `\x%02x`, r)
		default:
			line.WriteRune(r)
		}
	}
	return line.String()
}

func hidden(r rune) bool { return r != '\t' && !unicode.IsPrint(r) }
