package settings

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// Set gives a field of m a value, from a text such as limits.max-size=3. It
// takes what the flag of that field takes, and replaces lists and maps. The
// error is a *[UsageError].
func Set(m protoreflect.Message, text string, o *FlagOptions) error {
	g := &given{FlagOptions: o.orDefault(), message: m, seen: map[string]bool{}}
	g.assigner.types = g.Types
	return setFlag{g}.Set(text)
}

// findLeaf returns the field that a name with dots leads to, however deep.
func findLeaf(md protoreflect.MessageDescriptor, name string) (*leaf, error) {
	l := &leaf{}
	top := md
	for part := range strings.SplitSeq(name, ".") {
		var fd protoreflect.FieldDescriptor
		if md != nil {
			fd = md.Fields().ByName(protoreflect.Name(strings.ReplaceAll(part, "-", "_")))
		}
		if fd == nil {
			hint := didYouMean(hyphens(name), "", leafNames(leavesOf(top)))
			return nil, &UsageError{"--set " + name, "no such setting" + hint}
		}
		l.path = append(l.path, fd)
		md = nil
		if takesApart(fd) {
			md = fd.Message()
		}
	}
	l.name = nameOf(l.path)
	return l, nil
}
