package planfile

import (
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// Where returns the line in which the field with this path stands, such as
// jobs[2].needs[0].job. If it is not in the file, being a default, it is the
// line of what is nearest around it. It is 0 if the plan was not read from text.
func (f *File) Where(path string) int {
	if f == nil || f.root == nil {
		return 0
	}
	n, line := f.root, f.root.line
	md := f.Plan.ProtoReflect().Descriptor()
	for _, step := range steps(path) {
		if i, err := strconv.Atoi(step); err == nil && n.kind == list {
			if i < 0 || i >= len(n.items) {
				return line
			}
			n, line = n.items[i], n.items[i].line
			continue
		}
		m := f.member(n, md, step)
		if m == nil {
			return line
		}
		n, line = m.value, m.line
		if fd := field(md, step); fd != nil {
			md = messageOf(fd)
		}
	}
	return line
}

// member finds the member of n for a field: by the field where there is one, by
// the key in maps and free trees.
func (f *File) member(n *node, md protoreflect.MessageDescriptor, step string) *member {
	want := field(md, step)
	for i := range n.members {
		m := &n.members[i]
		if m.key == step || want != nil && field(md, m.key) == want {
			return m
		}
	}
	return nil
}

func field(md protoreflect.MessageDescriptor, key string) protoreflect.FieldDescriptor {
	if md == nil {
		return nil
	}
	return fieldOf(md, key)
}

// messageOf returns the message that a field leads to, or nil: what is below it
// are keys of the user.
func messageOf(fd protoreflect.FieldDescriptor) protoreflect.MessageDescriptor {
	if fd.IsMap() || fd.Message() == nil || wellKnown[fd.Message().FullName()] != nil {
		return nil
	}
	return fd.Message()
}

// steps splits a path into names and numbers of items.
func steps(path string) []string {
	return strings.FieldsFunc(path, func(c rune) bool { return c == '.' || c == '[' || c == ']' })
}
