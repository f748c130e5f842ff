package settings

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// maxFlagDepth is how deep messages are taken apart into flags. What is deeper
// is given as JSON.
const maxFlagDepth = 6

// leaf is one thing that can be given by name: a field, or the whole of a
// nested message.
type leaf struct {
	name string // limits.max-size
	path []protoreflect.FieldDescriptor
}

func (l *leaf) field() protoreflect.FieldDescriptor { return l.path[len(l.path)-1] }

// holder returns the message of m that the field belongs to, which then is set.
func (l *leaf) holder(m protoreflect.Message) protoreflect.Message {
	for _, fd := range l.path[:len(l.path)-1] {
		m = m.Mutable(fd).Message()
	}
	return m
}

// reader returns the same message to be read only: it is empty where it is not
// set, and m does not change.
func (l *leaf) reader(m protoreflect.Message) protoreflect.Message {
	for _, fd := range l.path[:len(l.path)-1] {
		m = m.Get(fd).Message()
	}
	return m
}

// leavesOf returns what can be given by name, in order of declaration, a
// nested message before its fields. A message type inside of itself is not
// taken apart again, nor is a secret.
func leavesOf(md protoreflect.MessageDescriptor) []leaf {
	var out []leaf
	var walk func(md protoreflect.MessageDescriptor, prefix string, path []protoreflect.FieldDescriptor)
	walk = func(md protoreflect.MessageDescriptor, prefix string, path []protoreflect.FieldDescriptor) {
		for i := range md.Fields().Len() {
			fd := md.Fields().Get(i)
			l := leaf{prefix + hyphens(string(fd.Name())), append(path[:len(path):len(path)], fd)}
			out = append(out, l)
			if takesApart(fd) && !isSecret(fd) && len(l.path) < maxFlagDepth && !within(fd.Message(), md, path) {
				walk(fd.Message(), l.name+".", l.path)
			}
		}
	}
	walk(md, "", nil)
	return out
}

// takesApart reports whether a field holds one message with fields that can be
// named one by one.
func takesApart(fd protoreflect.FieldDescriptor) bool {
	return fd.Message() != nil && !fd.IsList() && !fd.IsMap() && formOf(fd.Message()) == plain
}

// within reports whether a message type is md or holds the fields of path.
func within(inner, md protoreflect.MessageDescriptor, path []protoreflect.FieldDescriptor) bool {
	if inner.FullName() == md.FullName() {
		return true
	}
	for _, fd := range path {
		if fd.ContainingMessage().FullName() == inner.FullName() {
			return true
		}
	}
	return false
}

func hyphens(name string) string { return strings.ReplaceAll(name, "_", "-") }

func leafNames(leaves []leaf) []string {
	var names []string
	for _, l := range leaves {
		names = append(names, l.name)
	}
	return names
}
