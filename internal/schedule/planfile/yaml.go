package planfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v4"
)

// expandMost is how many values aliases and merge keys may add to those that
// are written out.
const expandMost = 1_000_000

// parseYAML makes a tree of YAML text of one document.
func parseYAML(data []byte) (*node, *Error) {
	if bad := invalidUTF8(data); bad >= 0 {
		line, column := place(data, bad)
		return nil, &Error{Line: line, Column: column, Problem: "the text is not UTF-8: save the file as UTF-8"}
	}
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	if err != nil {
		return nil, badYAML(err)
	}
	var document, next yaml.Node
	if err := loader.Load(&document); err != nil {
		return nil, badYAML(err)
	}
	if err := loader.Load(&next); err == nil {
		return nil, &Error{Line: next.Line, Problem: "a second document begins: keep one, without ---"}
	} else if !errors.Is(err, io.EOF) {
		return nil, badYAML(err)
	}
	if len(document.Content) == 0 {
		return nil, badYAML(io.EOF)
	}
	c := &converter{anchors: map[*yaml.Node]*node{}}
	n, wrong := c.node(document.Content[0], 0)
	if wrong != nil {
		return nil, wrong
	}
	if n.kind == null {
		return nil, badYAML(io.EOF)
	}
	return n, nil
}

func badYAML(err error) *Error {
	if errors.Is(err, io.EOF) {
		return &Error{Problem: emptyText}
	}
	wrong := new(yaml.LoadError)
	if !errors.As(err, &wrong) {
		return &Error{Problem: "bad YAML: " + strings.TrimPrefix(err.Error(), "yaml: ")}
	}
	problem := strings.TrimPrefix(wrong.Message, "yaml: ")
	if wrong.ContextMsg != "" {
		problem += " (" + wrong.ContextMsg + ")"
	}
	if strings.Contains(problem, "cannot start any token") {
		problem += ": indent with blanks, not with tabs, and quote a text that begins with @ or `"
	}
	return &Error{Line: wrong.Mark.Line, Column: wrong.Mark.Column, Problem: "bad YAML: " + problem}
}

// converter makes our nodes of those of the library.
type converter struct {
	anchors map[*yaml.Node]*node // those made; nil while one is being made
	merged  int                  // members that merge keys have added
}

func (c *converter) node(y *yaml.Node, depth int) (*node, *Error) {
	if depth > depthMost {
		return nil, c.errorf(y, "values are nested more than %d deep", depthMost)
	}
	if y.Kind == yaml.AliasNode {
		n, made := c.anchors[y.Alias]
		if made && n == nil {
			return nil, c.errorf(y, "*%s stands for something that contains it", y.Value)
		}
		if !made {
			return nil, c.errorf(y, "no anchor is called %s", y.Value)
		}
		return n, nil
	}
	if y.Anchor != "" {
		c.anchors[y] = nil
	}
	n := &node{line: y.Line}
	var wrong *Error
	switch y.Kind {
	case yaml.ScalarNode:
		wrong = c.scalar(n, y)
	case yaml.SequenceNode:
		n.kind = list
		wrong = c.list(n, y, depth)
	case yaml.MappingNode:
		n.kind = mapping
		wrong = c.mapping(n, y, depth)
	default:
		wrong = c.errorf(y, "bad YAML: a value is expected here")
	}
	if y.Anchor != "" {
		c.anchors[y] = n
	}
	return n, wrong
}

func (c *converter) scalar(n *node, y *yaml.Node) *Error {
	n.text = y.Value
	switch tag := y.ShortTag(); tag {
	case "!!null":
		n.kind = null
	case "!!bool":
		n.kind, n.text = boolean, strings.ToLower(y.Value)
	case "!!int", "!!float":
		n.kind = number
	case "!!str", "!!timestamp", "!!binary", "!!merge", "!":
		n.kind = text
	default:
		return c.errorf(y, "the tag %s means nothing here: leave it out", clip(tag))
	}
	return nil
}

func (c *converter) list(n *node, y *yaml.Node, depth int) *Error {
	n.items = make([]*node, len(y.Content))
	for i, item := range y.Content {
		var wrong *Error
		if n.items[i], wrong = c.node(item, depth+1); wrong != nil {
			return wrong
		}
	}
	return nil
}

func (c *converter) mapping(n *node, y *yaml.Node, depth int) *Error {
	var seen keys
	var merges []*node
	n.members = make([]member, 0, len(y.Content)/2)
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, wrong := c.node(y.Content[i], depth+1)
		if wrong != nil {
			return wrong
		}
		value, wrong := c.node(y.Content[i+1], depth+1)
		if wrong != nil {
			return wrong
		}
		if y.Content[i].ShortTag() == "!!merge" {
			merges = append(merges, value)
			continue
		}
		if key.kind == list || key.kind == mapping {
			return c.errorf(y.Content[i], "a key is %s, expected a text", key)
		}
		m := member{key: key.text, line: y.Content[i].Line, value: value}
		m.first = seen.first(n.members, m.key)
		n.members = append(n.members, m)
	}
	for _, from := range merges {
		if wrong := c.merge(n, from, &seen); wrong != nil {
			return wrong
		}
	}
	return nil
}

// merge adds what <<: stands for: a mapping, or several, of which the first
// wins over the later ones, and what is written out over all.
func (c *converter) merge(n, from *node, seen *keys) *Error {
	sources := []*node{from}
	if from.kind == list {
		sources = from.items
	}
	for _, source := range sources {
		if source.kind != mapping {
			return &Error{Line: source.line, Problem: fmt.Sprintf("<<: is followed by %s, expected a mapping, as in <<: *name", source)}
		}
		for _, m := range source.members {
			if c.merged++; c.merged > expandMost {
				return &Error{Line: n.line, Problem: fmt.Sprintf("merge keys add more than %d values", expandMost)}
			}
			if m.first == 0 && seen.first(n.members, m.key) == 0 {
				n.members = append(n.members, m)
			}
		}
	}
	return nil
}

func (c *converter) errorf(y *yaml.Node, format string, args ...any) *Error {
	return &Error{Line: y.Line, Problem: fmt.Sprintf(format, args...)}
}
