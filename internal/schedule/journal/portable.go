package journal

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Marshal returns m as protobuf JSON in one line, with the names of its fields. The
// same message gives the same bytes. Messages in an Any need not be known, and text
// that is no UTF-8 is repaired; so the error is that of a time or a number that JSON
// does not know, and never one of what a job has said.
func Marshal(m proto.Message) ([]byte, error) {
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(portable(m))
	if err != nil {
		return nil, fmt.Errorf("write %s as JSON: %w", m.ProtoReflect().Descriptor().FullName(), err)
	}
	var line bytes.Buffer
	if err := json.Compact(&line, text); err != nil { // protojson varies its spaces
		return nil, fmt.Errorf("write %s as JSON: %w", m.ProtoReflect().Descriptor().FullName(), err)
	}
	return line.Bytes(), nil
}

// Unmarshal reads what [Marshal] has written. Fields and names that are not known are
// passed over: a later version may have written them.
func Unmarshal(text []byte, m proto.Message) error {
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(text, m); err != nil {
		return err
	}
	anys(m.ProtoReflect(), open)
	return nil
}

// Parse reads a line of a journal, with or without its newline.
func Parse(line []byte) (*schedulepb.Event, error) {
	e := &schedulepb.Event{}
	if err := Unmarshal(line, e); err != nil {
		return nil, err
	}
	return e, nil
}

// portable returns a copy of m that has a JSON form whatever it holds.
func portable(m proto.Message) proto.Message {
	m = proto.Clone(m)
	repair(m.ProtoReflect())
	anys(m.ProtoReflect(), wrap)
	return m
}

// Names of the fields in the form of an Any whose type is not looked up.
const (
	typeField  = "type"
	bytesField = "bytes"
)

// wrap puts the message of an Any, encoded, into a Struct, whose type every program knows.
func wrap(a *anypb.Any) {
	form := &structpb.Struct{Fields: map[string]*structpb.Value{
		typeField:  structpb.NewStringValue(a.GetTypeUrl()),
		bytesField: structpb.NewStringValue(base64.StdEncoding.EncodeToString(a.GetValue())),
	}}
	if err := a.MarshalFrom(form); err != nil { // two texts can be encoded
		panic(err)
	}
}

// open is the reverse of wrap. An Any of another form stays as it is.
func open(a *anypb.Any) {
	var form structpb.Struct
	if !a.MessageIs(&form) || a.UnmarshalTo(&form) != nil {
		return
	}
	url, ok := form.GetFields()[typeField].GetKind().(*structpb.Value_StringValue)
	if !ok || len(form.GetFields()) != 2 {
		return
	}
	value, err := base64.StdEncoding.DecodeString(form.GetFields()[bytesField].GetStringValue())
	if err == nil {
		a.TypeUrl, a.Value = url.StringValue, value
	}
}

// anys does something to every Any below a message.
func anys(m protoreflect.Message, do func(*anypb.Any)) {
	if a, ok := m.Interface().(*anypb.Any); ok {
		do(a)
		return
	}
	below(m, func(inner protoreflect.Message) { anys(inner, do) }, nil)
}

// repair replaces what is no UTF-8 in the texts of a message.
func repair(m protoreflect.Message) {
	below(m, repair, func(text string) string { return strings.ToValidUTF8(text, "\uFFFD") })
}

// below calls do for each message that is directly below m, and, if it is set, has text
// change each text in m.
func below(m protoreflect.Message, do func(protoreflect.Message), text func(string) string) {
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.IsMap():
			belowMap(m, f, do, text)
		case f.IsList():
			list := v.List()
			for i := range list.Len() {
				if f.Message() != nil {
					do(list.Get(i).Message())
				} else if f.Kind() == protoreflect.StringKind && text != nil {
					list.Set(i, protoreflect.ValueOfString(text(list.Get(i).String())))
				}
			}
		case f.Message() != nil:
			do(v.Message())
		case f.Kind() == protoreflect.StringKind && text != nil:
			m.Set(f, protoreflect.ValueOfString(text(v.String())))
		}
		return true
	})
}

func belowMap(m protoreflect.Message, f protoreflect.FieldDescriptor, do func(protoreflect.Message), text func(string) string) {
	repaired := m.NewField(f)
	m.Get(f).Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
		if f.MapValue().Message() != nil {
			do(v.Message())
		} else if f.MapValue().Kind() == protoreflect.StringKind && text != nil {
			v = protoreflect.ValueOfString(text(v.String()))
		}
		if f.MapKey().Kind() == protoreflect.StringKind && text != nil {
			k = protoreflect.ValueOfString(text(k.String())).MapKey()
		}
		repaired.Map().Set(k, v)
		return true
	})
	m.Set(f, repaired)
}
