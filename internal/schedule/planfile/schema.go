package planfile

import (
	"encoding/json"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Schema returns a JSON Schema of plans, by which editors complete and check
// what is typed. It has all fields and all short forms; what a plan means it does
// not check. The same program returns the same bytes always.
func Schema() []byte {
	s := schema{defs: object{}}
	top := s.message((&pb.Plan{}).ProtoReflect().Descriptor())
	top["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	top["title"] = "plan of a schedule"
	top["$defs"] = s.defs
	data, err := json.MarshalIndent(top, "", "  ")
	if err != nil {
		panic("schema of plans: " + err.Error()) // maps and texts only
	}
	return append(data, '\n')
}

type object = map[string]any

// schema collects the definitions of messages.
type schema struct {
	defs object
}

// ref returns a reference to the definition of a message, and makes that.
func (s *schema) ref(md protoreflect.MessageDescriptor) object {
	name := string(md.Name())
	if _, ok := s.defs[name]; !ok {
		s.defs[name] = object{} // it may refer to itself
		s.defs[name] = s.withShort(md, s.message(md))
	}
	return object{"$ref": "#/$defs/" + name}
}

// message describes the fields of a message.
func (s *schema) message(md protoreflect.MessageDescriptor) object {
	properties := object{}
	for i := range md.Fields().Len() {
		fd := md.Fields().Get(i)
		properties[fd.TextName()] = s.field(fd)
	}
	o := object{"type": "object", "properties": properties, "additionalProperties": false}
	var not []any
	for i := range md.Oneofs().Len() {
		od := md.Oneofs().Get(i)
		if od.IsSynthetic() {
			continue
		}
		for a := range od.Fields().Len() {
			for b := range a {
				not = append(not, object{"not": object{"required": []string{od.Fields().Get(b).TextName(), od.Fields().Get(a).TextName()}}})
			}
		}
	}
	if not != nil {
		o["allOf"] = not
	}
	return o
}

// withShort adds the short form of a message.
func (s *schema) withShort(md protoreflect.MessageDescriptor, long object) object {
	form, ok := shorts[md.FullName()]
	if !ok {
		return long
	}
	forms := []any{long}
	if form.shell {
		forms = append(forms, object{"type": "string"})
	}
	for _, name := range []protoreflect.Name{form.scalar, form.list} {
		if name != "" {
			forms = append(forms, s.field(md.Fields().ByName(name)))
		}
	}
	return object{"anyOf": forms, "description": form.forms}
}

func (s *schema) field(fd protoreflect.FieldDescriptor) object {
	switch {
	case fd.IsMap():
		return object{"type": "object", "additionalProperties": s.one(fd.MapValue())}
	case fd.IsList():
		return object{"type": "array", "items": s.one(fd)}
	}
	return s.one(fd)
}

// one describes a single value of a field.
func (s *schema) one(fd protoreflect.FieldDescriptor) object {
	switch fd.Kind() {
	case protoreflect.MessageKind, protoreflect.GroupKind:
		return s.known(fd.Message())
	case protoreflect.EnumKind:
		return object{"enum": wordsOf(fd.Enum())}
	case protoreflect.BoolKind:
		return object{"type": "boolean"}
	case protoreflect.StringKind:
		return object{"type": []string{"string", "number", "boolean"}}
	case protoreflect.BytesKind:
		return object{"type": "string"}
	case protoreflect.DoubleKind, protoreflect.FloatKind:
		return object{"type": "number"}
	case protoreflect.Uint32Kind, protoreflect.Uint64Kind, protoreflect.Fixed32Kind, protoreflect.Fixed64Kind:
		return object{"type": "integer", "minimum": 0}
	}
	return object{"type": "integer"}
}

// known describes a message that has a form of its own, or refers to another.
func (s *schema) known(md protoreflect.MessageDescriptor) object {
	switch md.FullName() {
	case "google.protobuf.Duration":
		return object{"type": []string{"string", "number"}, "description": spans, "examples": []string{"90s", "5m", "1h30m"}}
	case "google.protobuf.Struct", "google.protobuf.Any":
		return object{"type": "object"}
	case "google.protobuf.Value":
		return object{}
	case "google.protobuf.ListValue":
		return object{"type": "array"}
	case "google.protobuf.Timestamp", "google.protobuf.FieldMask":
		return object{"type": "string"}
	}
	if _, wrapper := wellKnown[md.FullName()]; wrapper {
		return s.one(md.Fields().ByNumber(1))
	}
	return s.ref(md)
}

// wordsOf returns the words of an enum, as its error has them.
func wordsOf(ed protoreflect.EnumDescriptor) []string {
	var words []string
	prefix := prefixOf(ed)
	for i := range ed.Values().Len() {
		value := ed.Values().Get(i)
		if value.Number() != 0 || !strings.HasSuffix(string(value.Name()), "_UNSPECIFIED") {
			words = append(words, wordOf(value, prefix))
		}
	}
	return words
}
