package home

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

const (
	// nameLimit is the longest name of a role or sub-role in bytes. With extension
	// and the suffix of a temporary file it still fits into the 255 of a file
	// system.
	nameLimit = 200

	// newNameLimit is that of a role that is added: it leaves room for the
	// sub-roles of what it calls, whose names begin with its own.
	newNameLimit = 100

	// countLimit is the most roles that one call of [Names] makes.
	countLimit = 100_000

	defaultTemplate = "{executable}-{number}"
)

// Numbers says which numbers [Names] uses: Count of them, the first is Start,
// each is Step above the one before.
type Numbers struct {
	Start int // 0 or more
	Step  int // 1 or more
	Count int // 1 or more
}

// Names expands a template for role names, once a number. The variables are
// {executable}, {number} and {uuid}, a fresh one each time. An empty template
// means "{executable}-{number}".
//
// The error matches [ErrUsage] and names the flag (--start, --step, --count),
// the variable or the name that is wrong. Whether two names are the same, or
// exist already, is for [Home.Add] to find.
func Names(template, executable string, n Numbers) ([]string, error) {
	if err := n.check(); err != nil {
		return nil, err
	}
	template = cmp.Or(template, defaultTemplate)
	names := make([]string, n.Count)
	for i := range names {
		name, err := expand(template, executable, n.Start+i*n.Step)
		if err != nil {
			return nil, err
		}
		if err := checkNewName(name); err != nil {
			return nil, err
		}
		names[i] = name
	}
	return names, nil
}

func (n Numbers) check() error {
	switch {
	case n.Start < 0:
		return faultf(ErrUsage, "--start=%d is negative: give 0 or more", n.Start)
	case n.Step < 1:
		return faultf(ErrUsage, "--step=%d is not positive: give 1 or more", n.Step)
	case n.Count < 1:
		return faultf(ErrUsage, "--count=%d is not positive: give 1 or more", n.Count)
	case n.Count > countLimit:
		return faultf(ErrUsage, "--count=%d is too many: give %d or less", n.Count, countLimit)
	case n.Count > 1 && n.Step > (math.MaxInt-n.Start)/(n.Count-1):
		return faultf(ErrUsage, "--step=%d is too large: the last number would exceed %d", n.Step, math.MaxInt)
	}
	return nil
}

func expand(template, executable string, number int) (string, error) {
	var name strings.Builder
	for rest := template; rest != ""; {
		before, after, open := strings.Cut(rest, "{")
		if strings.Contains(before, "}") {
			return "", faultf(ErrUsage, "role name %q has a } without its {", template)
		}
		name.WriteString(before)
		if !open {
			break
		}
		variable, after, closed := strings.Cut(after, "}")
		if !closed {
			return "", faultf(ErrUsage, "role name %q has a { without its }", template)
		}
		switch variable {
		case "executable":
			name.WriteString(executable)
		case "number":
			name.WriteString(strconv.Itoa(number))
		case "uuid":
			name.WriteString(newUUID())
		default:
			return "", faultf(ErrUsage, "role name %q uses {%s}: there are {executable}, {number} and {uuid}", template, variable)
		}
		rest = after
	}
	return name.String(), nil
}

// checkName refuses what cannot be the name of a role. Dots are for sub-roles.
func checkName(name string) error {
	if strings.Contains(name, ".") {
		return faultf(ErrUsage, "role name %q has a dot: dots are for sub-roles", name)
	}
	return checkAnyRole(name)
}

// checkNewName refuses what cannot be the name of a role that is added.
func checkNewName(name string) error {
	if len(name) > newNameLimit {
		return faultf(ErrUsage, "role name %q is longer than %d bytes", name, newNameLimit)
	}
	return checkName(name)
}

// checkAnyRole refuses what can be the name of neither a role nor a sub-role.
func checkAnyRole(name string) error {
	for part := range strings.SplitSeq(name, ".") {
		if part == "" {
			return faultf(ErrUsage, "role name %q is empty or has an empty part", name)
		}
	}
	if name[0] == '-' {
		return faultf(ErrUsage, "role name %q begins with a dash: commands would read it as a flag", name)
	}
	if len(name) > nameLimit {
		return faultf(ErrUsage, "role name %q is longer than %d bytes", name, nameLimit)
	}
	return checkPrintable("role name", name)
}

// checkExecutable refuses what is not the plain name of a file.
func checkExecutable(name string) error {
	if name == "" {
		return faultf(ErrUsage, "an <executable> is required")
	}
	if name == "." || name == ".." || len(name) > nameLimit {
		return faultf(ErrUsage, "executable %q is not the name of a file", name)
	}
	return checkPrintable("executable", name)
}

func checkPrintable(what, name string) error {
	for _, r := range name {
		if r == '/' || r == '\\' {
			return faultf(ErrUsage, "%s %q has a slash: give a plain name", what, name)
		}
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return faultf(ErrUsage, "%s %q has the character %s: only printable ones can be used", what, name, fmt.Sprintf("%+q", r))
		}
	}
	return nil
}

// lineage returns a role or sub-role and those above it: a.b.c, a.b, a.
func lineage(name string) []string {
	names := []string{name}
	for i := strings.LastIndexByte(name, '.'); i >= 0; i = strings.LastIndexByte(name, '.') {
		name = name[:i]
		names = append(names, name)
	}
	return names
}

// topRole returns the role that a sub-role belongs to.
func topRole(name string) string {
	top, _, _ := strings.Cut(name, ".")
	return top
}
