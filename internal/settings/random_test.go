package settings

import (
	"math"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/wrapperspb"
	"pgregory.net/rapid"

	pb "github.com/ansar-go/ansar/internal/settings/settingstest"
)

// randomEvery draws a message that protobuf JSON can express, without secrets.
func randomEvery(t *rapid.T, label string) *pb.Every {
	m := &pb.Every{}
	fill(t, m.ProtoReflect(), label, 3)
	return m
}

// fill sets some fields of m, messages down to a depth.
func fill(t *rapid.T, m protoreflect.Message, label string, depth int) {
	md := m.Descriptor()
	if fillKnown(t, m, label, depth) {
		return
	}
	for i := range md.Fields().Len() {
		fd := md.Fields().Get(i)
		if isSecret(fd) || depth == 0 && fd.Message() != nil || rapid.IntRange(0, 2).Draw(t, label+" has "+string(fd.Name())) > 0 {
			continue
		}
		name := label + "." + string(fd.Name())
		switch {
		case fd.IsList():
			for range rapid.IntRange(0, 3).Draw(t, name) {
				l := m.Mutable(fd).List()
				l.Append(randomValue(t, fd, l.NewElement, name, depth))
			}
		case fd.IsMap():
			for range rapid.IntRange(0, 3).Draw(t, name) {
				to := m.Mutable(fd).Map()
				k := randomValue(t, fd.MapKey(), nil, name, depth).MapKey()
				to.Set(k, randomValue(t, fd.MapValue(), to.NewValue, name, depth))
			}
		default:
			m.Set(fd, randomValue(t, fd, func() protoreflect.Value { return m.NewField(fd) }, name, depth))
		}
	}
}

// fillKnown fills a message that JSON has a form for.
func fillKnown(t *rapid.T, m protoreflect.Message, label string, depth int) bool {
	fields := m.Descriptor().Fields()
	set := func(n protoreflect.FieldNumber, v any) { m.Set(fields.ByNumber(n), protoreflect.ValueOf(v)) }
	switch formOf(m.Descriptor()) {
	case duration:
		seconds := rapid.Int64Range(-maxSpanSeconds+1, maxSpanSeconds-1).Draw(t, label)
		nanos := rapid.Int32Range(0, 999999999).Draw(t, label)
		if seconds < 0 {
			nanos = -nanos
		}
		set(1, seconds)
		set(2, nanos)
	case timestamp:
		set(1, rapid.Int64Range(firstSecond, lastSecond).Draw(t, label))
		set(2, rapid.Int32Range(0, 999999999).Draw(t, label))
	case fieldMask:
		l := m.Mutable(fields.ByNumber(1)).List()
		for _, s := range rapid.SliceOfN(rapid.StringMatching(`[a-z]+(_[a-z]+)*(\.[a-z]+)?`), 1, 3).Draw(t, label) {
			l.Append(protoreflect.ValueOfString(s))
		}
	case value:
		n := rapid.SampledFrom([]protoreflect.FieldNumber{1, 2, 3, 4, 5, 6}[:4+min(2, depth)]).Draw(t, label)
		fd := fields.ByNumber(n)
		v := randomValue(t, fd, func() protoreflect.Value { return m.NewField(fd) }, label, depth)
		if n == 1 {
			v = protoreflect.ValueOfEnum(0)
		}
		if n == 2 && (math.IsNaN(v.Float()) || math.IsInf(v.Float(), 0)) {
			v = protoreflect.ValueOfFloat64(0.1)
		}
		m.Set(fd, v)
	case anything:
		inner := rapid.SampledFrom([]proto.Message{&pb.Limits{}, wrapperspb.UInt32(0), &pb.Tree{}}).Draw(t, label)
		inner = inner.ProtoReflect().New().Interface()
		fill(t, inner.ProtoReflect(), label, max(depth-1, 0))
		packed := &anypb.Any{}
		if err := anypb.MarshalFrom(packed, inner, proto.MarshalOptions{Deterministic: true}); err != nil {
			t.Fatal(err)
		}
		set(1, packed.TypeUrl)
		set(2, packed.Value)
	default:
		return false
	}
	return true
}

func randomValue(t *rapid.T, fd protoreflect.FieldDescriptor, fresh func() protoreflect.Value, label string, depth int) protoreflect.Value {
	switch fd.Kind() {
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(rapid.Bool().Draw(t, label))
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(strings.ToValidUTF8(rapid.String().Draw(t, label), ""))
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes(rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, label))
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(protoreflect.EnumNumber(rapid.SampledFrom([]int32{0, 1, 2, -1, 7}).Draw(t, label)) *
			map[bool]protoreflect.EnumNumber{true: 0, false: 1}[isNullEnum(fd)])
	case protoreflect.FloatKind:
		odd := rapid.SampledFrom([]float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))})
		return protoreflect.ValueOfFloat32(rapid.OneOf(rapid.Float32(), odd).Draw(t, label))
	case protoreflect.DoubleKind:
		odd := rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1)})
		return protoreflect.ValueOfFloat64(rapid.OneOf(rapid.Float64(), odd).Draw(t, label))
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return protoreflect.ValueOfInt32(rapid.Int32().Draw(t, label))
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return protoreflect.ValueOfUint32(rapid.Uint32().Draw(t, label))
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return protoreflect.ValueOfUint64(rapid.Uint64().Draw(t, label))
	case protoreflect.MessageKind:
		v := fresh()
		fill(t, v.Message(), label, max(depth-1, 0))
		return v
	default:
		return protoreflect.ValueOfInt64(rapid.Int64().Draw(t, label))
	}
}
