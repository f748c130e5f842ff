package settings

import (
	"cmp"
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// fieldValue writes what a field holds, all of a list or map.
func (w *writer) fieldValue(fd protoreflect.FieldDescriptor, v protoreflect.Value, p *path) {
	switch {
	case fd.IsList():
		w.begin('[')
		for i := range v.List().Len() {
			w.item()
			w.single(fd, v.List().Get(i), p.index(i))
		}
		w.end(']')
	case fd.IsMap():
		w.mapField(fd, v.Map(), p)
	default:
		w.single(fd, v, p)
	}
}

func (w *writer) mapField(fd protoreflect.FieldDescriptor, m protoreflect.Map, p *path) {
	w.begin('{')
	for _, k := range sortedKeys(m) {
		w.member(k.String())
		w.single(fd.MapValue(), m.Get(k), p.key(k.String()))
	}
	w.end('}')
}

// sortedKeys returns the keys of a map: numbers by size, texts by their bytes,
// false before true.
func sortedKeys(m protoreflect.Map) []protoreflect.MapKey {
	var keys []protoreflect.MapKey
	m.Range(func(k protoreflect.MapKey, _ protoreflect.Value) bool {
		keys = append(keys, k)
		return true
	})
	slices.SortFunc(keys, func(a, b protoreflect.MapKey) int {
		switch a.Interface().(type) {
		case int32, int64:
			return cmp.Compare(a.Int(), b.Int())
		case uint32, uint64:
			return cmp.Compare(a.Uint(), b.Uint())
		default:
			return cmp.Compare(a.String(), b.String())
		}
	})
	return keys
}

// single writes one value of a field that may hold many.
func (w *writer) single(fd protoreflect.FieldDescriptor, v protoreflect.Value, p *path) {
	if fd.Message() != nil {
		w.message(v.Message(), p)
		return
	}
	switch fd.Kind() {
	case protoreflect.StringKind:
		w.printer.text(v.String())
	case protoreflect.BytesKind:
		w.printer.text(base64.StdEncoding.EncodeToString(v.Bytes()))
	case protoreflect.EnumKind:
		w.enum(fd, v.Enum())
	case protoreflect.FloatKind:
		w.raw(formatFloat(v.Float(), 32, true))
	case protoreflect.DoubleKind:
		w.raw(formatFloat(v.Float(), 64, true))
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind,
		protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		w.printer.text(v.String())
	default:
		w.raw(v.String())
	}
}

func (w *writer) enum(fd protoreflect.FieldDescriptor, n protoreflect.EnumNumber) {
	if isNullEnum(fd) {
		w.raw("null")
		return
	}
	if ev := fd.Enum().Values().ByNumber(n); ev != nil {
		w.printer.text(string(ev.Name()))
		return
	}
	w.raw(strconv.Itoa(int(n)))
}

// formatFloat returns the shortest text that reads back as f: a JSON number,
// or a name in quotes where JSON has none. With point, a whole number has one.
func formatFloat(f float64, bits int, point bool) string {
	switch {
	case math.IsNaN(f):
		return `"NaN"`
	case math.IsInf(f, 1):
		return `"Infinity"`
	case math.IsInf(f, -1):
		return `"-Infinity"`
	}
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	s := strconv.FormatFloat(f, format, -1, bits)
	if point && !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}
