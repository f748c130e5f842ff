package settings

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// parseEnum takes a name in any case, with - for _, with or without the prefix
// that all names of the enumeration share, or a number.
func parseEnum(ed protoreflect.EnumDescriptor, s string) (v protoreflect.Value, problem string) {
	values := ed.Values()
	if s == "null" && ed.FullName() == wellKnown+"NullValue" {
		return protoreflect.ValueOfEnum(0), ""
	}
	if isNumber(s) {
		n, problem := parseInteger(protoreflect.Int32Kind, s)
		if problem != "" {
			return v, problem
		}
		number := protoreflect.EnumNumber(n.Int())
		if ed.IsClosed() && values.ByNumber(number) == nil {
			return v, "is not one of " + strings.Join(enumNames(ed), ", ")
		}
		return protoreflect.ValueOfEnum(number), ""
	}
	if ev := values.ByName(protoreflect.Name(s)); ev != nil {
		return protoreflect.ValueOfEnum(ev.Number()), ""
	}
	want := strings.ToUpper(strings.ReplaceAll(s, "-", "_"))
	prefix := enumPrefix(ed)
	for i := range values.Len() {
		name := strings.ToUpper(string(values.Get(i).Name()))
		if want == name || want == strings.TrimPrefix(name, prefix) {
			return protoreflect.ValueOfEnum(values.Get(i).Number()), ""
		}
	}
	return v, "is not one of " + strings.Join(enumNames(ed), ", ")
}

func enumNames(ed protoreflect.EnumDescriptor) []string {
	var names []string
	for i := range ed.Values().Len() {
		names = append(names, string(ed.Values().Get(i).Name()))
	}
	return names
}

// enumPrefix returns what all names of an enumeration begin with, up to and
// with an underscore, in upper case.
func enumPrefix(ed protoreflect.EnumDescriptor) string {
	names := enumNames(ed)
	if len(names) < 2 {
		return ""
	}
	prefix := strings.ToUpper(names[0])
	for _, name := range names[1:] {
		for !strings.HasPrefix(strings.ToUpper(name), prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	return prefix[:strings.LastIndexByte(prefix, '_')+1]
}
