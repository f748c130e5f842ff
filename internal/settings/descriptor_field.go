package settings

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// field writes a field or an extension.
func (d descriptors) field(fd protoreflect.FieldDescriptor) (w wire) {
	w.text(1, string(fd.Name()))
	if fd.IsExtension() {
		w.text(2, "."+string(fd.ContainingMessage().FullName()))
	}
	kind, label := fd.Kind(), fd.Cardinality()
	if fd.ParentFile().Syntax() == protoreflect.Editions { // which say it by features
		if kind == protoreflect.GroupKind {
			kind = protoreflect.MessageKind
		}
		if label == protoreflect.Required {
			label = protoreflect.Optional
		}
	}
	w.number(3, int64(fd.Number()))
	w.number(4, int64(label))
	w.number(5, int64(kind))
	if fd.Enum() != nil {
		w.text(6, "."+string(fd.Enum().FullName()))
	}
	if fd.Message() != nil {
		w.text(6, "."+string(fd.Message().FullName()))
	}
	if fd.HasDefault() {
		w.text(7, defaultText(fd))
	}
	d.optionsOf(&w, 8, fd.Options, neededOptions(fd))
	if oneof := fd.ContainingOneof(); oneof != nil {
		w.number(9, int64(oneof.Index()))
	}
	if fd.HasJSONName() && !fd.IsExtension() {
		w.text(10, fd.JSONName())
	}
	w.truth(17, fd.ParentFile().Syntax() == protoreflect.Proto3 && fd.HasOptionalKeyword())
	return w
}

// defaultText writes the default value of a field of proto2 as its source does.
func defaultText(fd protoreflect.FieldDescriptor) string {
	switch v := fd.Default(); fd.Kind() {
	case protoreflect.EnumKind:
		return string(fd.DefaultEnumValue().Name())
	case protoreflect.BytesKind:
		var b strings.Builder
		for _, c := range v.Bytes() {
			fmt.Fprintf(&b, `\%03o`, c)
		}
		return b.String()
	case protoreflect.FloatKind:
		return floatText(v.Float(), 32)
	case protoreflect.DoubleKind:
		return floatText(v.Float(), 64)
	default: // texts, numbers and truth values
		return v.String()
	}
}

func floatText(f float64, bits int) string {
	switch {
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case math.IsNaN(f):
		return "nan"
	}
	return strconv.FormatFloat(f, 'g', -1, bits)
}

// neededOptions are the options of a field that decide how it is encoded.
func neededOptions(fd protoreflect.FieldDescriptor) (w wire) {
	if fd.ParentFile().Syntax() == protoreflect.Editions {
		w.message(21, fieldFeatures(fd))
		return w
	}
	if packable(fd) && fd.IsPacked() != (fd.ParentFile().Syntax() == protoreflect.Proto3) {
		var packed int64
		if fd.IsPacked() {
			packed = 1
		}
		w.number(2, packed)
	}
	return w
}

func packable(fd protoreflect.FieldDescriptor) bool {
	switch fd.Kind() {
	case protoreflect.StringKind, protoreflect.BytesKind, protoreflect.MessageKind, protoreflect.GroupKind:
		return false
	}
	return fd.Cardinality() == protoreflect.Repeated
}

// fieldFeatures tells by a FeatureSet what the field is, however it came to be
// so: by itself, by the message around it, or by its file.
func fieldFeatures(fd protoreflect.FieldDescriptor) (w wire) {
	switch {
	case fd.Cardinality() == protoreflect.Required:
		w.number(1, 3) // LEGACY_REQUIRED
	case fd.Cardinality() == protoreflect.Repeated || fd.IsExtension() || fd.ContainingOneof() != nil:
	case fd.HasPresence():
		w.number(1, 1) // EXPLICIT
	default:
		w.number(1, 2) // IMPLICIT
	}
	if packable(fd) {
		w.number(3, choose(fd.IsPacked(), 1, 2)) // PACKED, EXPANDED
	}
	if utf8, ok := fd.(interface{ EnforceUTF8() bool }); ok && fd.Kind() == protoreflect.StringKind {
		w.number(4, choose(utf8.EnforceUTF8(), 2, 3)) // VERIFY, NONE
	}
	if fd.Message() != nil && !fd.IsMap() {
		w.number(5, choose(fd.Kind() == protoreflect.GroupKind, 2, 1)) // DELIMITED, LENGTH_PREFIXED
	}
	return w
}

// enumFeatures tells by a FeatureSet whether the enum takes unknown numbers.
func enumFeatures(ed protoreflect.EnumDescriptor) (w wire) {
	w.number(2, choose(ed.IsClosed(), 2, 1)) // CLOSED, OPEN
	return w
}

func choose(yes bool, a, b int64) int64 {
	if yes {
		return a
	}
	return b
}
