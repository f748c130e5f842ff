package importer

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// mergeLimit is how deep <<: may lead, and mergesLimit how often it may be
// followed.
const (
	mergeLimit  = 20
	mergesLimit = 10_000
)

// parse reads YAML of one document.
func (r *reader) parse(data []byte) (*yaml.Node, error) {
	var document yaml.Node
	err := yaml.Load(data, &document)
	if wrong := new(yaml.LoadError); errors.As(err, &wrong) {
		return nil, r.errorf(max(wrong.Mark.Line, 1), "%s", strings.TrimPrefix(wrong.Message, "yaml: "))
	}
	if err != nil {
		return nil, r.errorf(1, "%w", err)
	}
	if len(document.Content) != 1 {
		return nil, r.errorf(1, "there is no process in it")
	}
	return document.Content[0], nil
}

// member is one key of a mapping and its value.
type member struct {
	key   string
	line  int
	value *yaml.Node
}

// members returns what a mapping has, in order, with what <<: adds to it. A value
// that is null has none.
func (r *reader) members(n *yaml.Node, what string) ([]member, error) { return r.merged(n, what, 0) }

func (r *reader) merged(n *yaml.Node, what string, depth int) ([]member, error) {
	n = follow(n)
	switch {
	case isNull(n):
		return nil, nil
	case n.Kind != yaml.MappingNode:
		return nil, r.errorf(n.Line, "%s is not a mapping", what)
	case depth > mergeLimit, r.merges > mergesLimit:
		return nil, r.errorf(n.Line, "<<: leads too deep")
	}
	r.merges += min(depth, 1)
	var own, added []member
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := follow(n.Content[i]), follow(n.Content[i+1])
		if key.Kind != yaml.ScalarNode {
			return nil, r.errorf(key.Line, "a key of %s is not a text", what)
		}
		if key.Value == "<<" && key.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0 {
			more, err := r.mergeAll(value, what, depth)
			if err != nil {
				return nil, err
			}
			added = append(added, more...)
			continue
		}
		if has(own, key.Value) {
			return nil, r.errorf(key.Line, "%s has %q twice", what, key.Value)
		}
		own = append(own, member{key.Value, key.Line, value})
	}
	for _, m := range added {
		if !has(own, m.key) {
			own = append(own, m)
		}
	}
	return own, nil
}

// mergeAll returns what the value of <<: adds: of one mapping, or of several, of
// which the first wins.
func (r *reader) mergeAll(n *yaml.Node, what string, depth int) ([]member, error) {
	if n.Kind != yaml.SequenceNode {
		return r.merged(n, what, depth+1)
	}
	var all []member
	for _, item := range n.Content {
		more, err := r.merged(item, what, depth+1)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

func has(list []member, key string) bool {
	return slices.ContainsFunc(list, func(m member) bool { return m.key == key })
}

// follow returns what an alias stands for.
func follow(n *yaml.Node) *yaml.Node {
	for range mergeLimit {
		if n.Kind != yaml.AliasNode || n.Alias == nil {
			break
		}
		n = n.Alias
	}
	return n
}

func isMapping(n *yaml.Node) bool { return n.Kind == yaml.MappingNode }

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// text returns a value that is no list and no mapping. Null is empty.
func (r *reader) text(m member) (string, error) {
	switch {
	case isNull(m.value):
		return "", nil
	case m.value.Kind != yaml.ScalarNode:
		return "", r.errorf(m.line, "%s is not a text", m.key)
	}
	return m.value.Value, nil
}

// number returns a whole number of 0 or more.
func (r *reader) number(m member) (int, error) {
	text, err := r.text(m)
	if err != nil || text == "" {
		return 0, err
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > math.MaxInt32 {
		return 0, r.errorf(m.line, "%s: %q is not a whole number of 0 or more", m.key, text)
	}
	return n, nil
}

// truth returns true or false.
func (r *reader) truth(m member) (bool, error) {
	text, err := r.text(m)
	if err != nil {
		return false, err
	}
	switch strings.ToLower(text) {
	case "", "false", "no", "off":
		return false, nil
	case "true", "yes", "on":
		return true, nil
	}
	return false, r.errorf(m.line, "%s: %q is neither true nor false", m.key, text)
}

// list returns a list of texts; one text is a list of it.
func (r *reader) list(m member) ([]member, error) {
	if m.value.Kind != yaml.SequenceNode {
		return []member{m}, nil
	}
	var items []member
	for _, item := range m.value.Content {
		item = follow(item)
		if item.Kind != yaml.ScalarNode {
			return nil, r.errorf(item.Line, "an item of %s is not a text", m.key)
		}
		items = append(items, member{m.key, item.Line, item})
	}
	return items, nil
}
