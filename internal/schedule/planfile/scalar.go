package planfile

import (
	"encoding/base64"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/ansar-go/ansar/internal/settings"
)

// scalar reads a value of the field's kind, and reports whether it is one.
func (r *reader) scalar(n *node, fd protoreflect.FieldDescriptor, p *path) (v protoreflect.Value, ok bool) {
	switch fd.Kind() {
	case protoreflect.BoolKind:
		return r.boolean(n, p)
	case protoreflect.EnumKind:
		return r.enum(n, fd.Enum(), p)
	case protoreflect.StringKind:
		if n.kind == null || n.kind == list || n.kind == mapping {
			r.expected(n, p, "a text")
			return v, false
		}
		return protoreflect.ValueOfString(n.text), true
	case protoreflect.BytesKind:
		b, ok := decode(n)
		if !ok {
			r.expected(n, p, "bytes in base64")
		}
		return protoreflect.ValueOfBytes(b), ok
	case protoreflect.DoubleKind, protoreflect.FloatKind:
		return r.float(n, fd.Kind() == protoreflect.FloatKind, p)
	}
	return r.integer(n, fd.Kind(), p)
}

func (r *reader) boolean(n *node, p *path) (v protoreflect.Value, ok bool) {
	if n.text != "true" && n.text != "false" || n.kind != boolean && n.kind != text {
		r.expected(n, p, "true or false")
		return v, false
	}
	return protoreflect.ValueOfBool(n.text == "true"), true
}

func decode(n *node) ([]byte, bool) {
	if n.kind != text && n.kind != number {
		return nil, false
	}
	s := strings.TrimRight(strings.Join(strings.Fields(n.text), ""), "=")
	s = strings.NewReplacer("-", "+", "_", "/").Replace(s)
	b, err := base64.RawStdEncoding.DecodeString(s)
	return b, err == nil
}

// A number that begins with 0 is octal for some and decimal for others.
var ambiguous = regexp.MustCompile(`^[-+]?0[0-9_]+$`)

func (r *reader) integer(n *node, kind protoreflect.Kind, p *path) (v protoreflect.Value, ok bool) {
	i, problem := whole(n)
	if problem != "" {
		r.errorf(n.line, p, "%s", problem)
		return v, false
	}
	low, high := big.NewInt(math.MinInt64), big.NewInt(math.MaxInt64)
	switch kind {
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		low, high = big.NewInt(math.MinInt32), big.NewInt(math.MaxInt32)
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		low, high = big.NewInt(0), big.NewInt(math.MaxUint32)
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		low, high = big.NewInt(0), new(big.Int).SetUint64(math.MaxUint64)
	}
	if i.Cmp(low) < 0 || i.Cmp(high) > 0 {
		r.expected(n, p, fmt.Sprintf("a whole number from %v to %v", low, high))
		return v, false
	}
	switch kind {
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return protoreflect.ValueOfInt32(int32(i.Int64())), true
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return protoreflect.ValueOfUint32(uint32(i.Uint64())), true
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return protoreflect.ValueOfUint64(i.Uint64()), true
	default:
		return protoreflect.ValueOfInt64(i.Int64()), true
	}
}

// whole returns the whole number that n is, or what is wrong with it.
func whole(n *node) (*big.Int, string) {
	s := strings.TrimPrefix(n.text, "+")
	if n.kind != number && n.kind != text || s == "" || len(s) > 100 {
		return nil, fmt.Sprintf("expected a whole number, got %s", n)
	}
	if ambiguous.MatchString(s) {
		return nil, fmt.Sprintf("%s can mean two numbers: write it without 0 at the front, or 0o for octal", n)
	}
	if i, ok := new(big.Int).SetString(s, 0); ok {
		return i, ""
	}
	if f, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64); err == nil && f == math.Trunc(f) && math.Abs(f) <= 1<<53 {
		return big.NewInt(int64(f)), ""
	}
	return nil, fmt.Sprintf("expected a whole number, got %s", n)
}

// floats are the words for what no digits say.
var floats = map[string]float64{
	".inf": math.Inf(1), "+.inf": math.Inf(1), "infinity": math.Inf(1),
	"-.inf": math.Inf(-1), "-infinity": math.Inf(-1), ".nan": math.NaN(), "nan": math.NaN(),
}

// fraction returns the number that n is.
func fraction(n *node) (float64, bool) {
	if n.kind != number && n.kind != text {
		return 0, false
	}
	if f, ok := floats[strings.ToLower(n.text)]; ok {
		return f, true
	}
	if f, err := strconv.ParseFloat(strings.ReplaceAll(n.text, "_", ""), 64); err == nil {
		return f, true
	}
	i, problem := whole(n)
	if problem != "" {
		return 0, false
	}
	f, _ := new(big.Float).SetInt(i).Float64()
	return f, true
}

func (r *reader) float(n *node, single bool, p *path) (v protoreflect.Value, ok bool) {
	f, ok := fraction(n)
	switch {
	case !ok:
		r.expected(n, p, "a number")
		return v, false
	case !single:
		return protoreflect.ValueOfFloat64(f), true
	case math.IsInf(float64(float32(f)), 0) && !math.IsInf(f, 0):
		r.expected(n, p, "a number of 32 bits")
		return v, false
	}
	return protoreflect.ValueOfFloat32(float32(f)), true
}

// enum reads one by its word, its full name, or its number.
func (r *reader) enum(n *node, ed protoreflect.EnumDescriptor, p *path) (v protoreflect.Value, ok bool) {
	values := ed.Values()
	if n.kind == null && isNullEnum(ed) {
		return protoreflect.ValueOfEnum(0), true
	}
	words, prefix := wordsOf(ed), prefixOf(ed)
	given := strings.ToUpper(strings.ReplaceAll(n.text, "-", "_"))
	for i := range values.Len() {
		value := values.Get(i)
		name := string(value.Name())
		if n.kind == text && (n.text == name || given == strings.ToUpper(name) || given == strings.TrimPrefix(strings.ToUpper(name), prefix)) {
			return protoreflect.ValueOfEnum(value.Number()), true
		}
	}
	if n.kind == number {
		if i, problem := whole(n); problem == "" && i.IsInt64() && i.Int64() == int64(int32(i.Int64())) {
			if value := values.ByNumber(protoreflect.EnumNumber(i.Int64())); value != nil {
				return protoreflect.ValueOfEnum(value.Number()), true
			}
		}
	}
	what := strings.Join(words, ", ")
	if len(words) > 1 {
		what = "one of " + what
	}
	hint := ""
	if near, ok := settings.Nearest(strings.ToLower(n.text), words); ok && n.kind == text {
		hint = " (did you mean " + near + "?)"
	}
	r.errorf(n.line, p, "expected %s, got %s%s", what, n, hint)
	return v, false
}

// prefixOf is what the names of an enum's values begin with by convention:
// ISOLATION_ for Isolation, FOO_BAR_ for FooBar.
func prefixOf(ed protoreflect.EnumDescriptor) string {
	var b strings.Builder
	for i, c := range string(ed.Name()) {
		if i > 0 && 'A' <= c && c <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(c)
	}
	return strings.ToUpper(b.String()) + "_"
}

// wordOf is the word that people write for a value.
func wordOf(v protoreflect.EnumValueDescriptor, prefix string) string {
	name := strings.TrimPrefix(strings.ToUpper(string(v.Name())), prefix)
	return strings.ToLower(strings.ReplaceAll(name, "_", "-"))
}
