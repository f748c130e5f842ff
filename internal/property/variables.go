package property

import (
	"fmt"
	"strings"
)

// ParseVariables reads lines of NAME=VALUE, as a file of variables of the
// environment has them. Empty lines and those that begin with # are left out, and
// so is an export before a name. A value may stand in quotes, which are taken
// off; nothing in it is replaced. An error tells file and line, and never a
// value.
func ParseVariables(file string, data []byte) (map[string]string, error) {
	found := map[string]string{}
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if rest, ok := strings.CutPrefix(line, "export"); ok && strings.TrimLeft(rest, " \t") != rest {
			line = strings.TrimLeft(rest, " \t")
		}
		name, value, ok := strings.Cut(line, "=")
		name, value = strings.TrimRight(name, " \t"), strings.TrimLeft(value, " \t")
		if !ok || name == "" || strings.ContainsAny(name, " \t'\"") {
			return nil, fmt.Errorf("%s:%d: the line is not NAME=VALUE", file, number)
		}
		if _, twice := found[name]; twice {
			return nil, fmt.Errorf("%s:%d: %s is given twice", file, number, name)
		}
		value, err := unquote(value)
		if err == nil {
			err = CheckVariable(name, value)
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, number, err)
		}
		found[name] = value
	}
	return found, nil
}

func unquote(value string) (string, error) {
	if value == "" || value[0] != '"' && value[0] != '\'' {
		return value, nil
	}
	if len(value) < 2 || value[len(value)-1] != value[0] {
		return "", fmt.Errorf("the value has a %c without another at its end", value[0])
	}
	return value[1 : len(value)-1], nil
}
