package planfile

import (
	"maps"
	"math"
	"slices"
	"strconv"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

// Struct sets the fields of m from a free tree, such as the input of a call, by
// the rules of plans. The error is [Errors], whose paths begin with root and
// whose lines are not known: [File.Where] knows them.
func Struct(root string, tree *structpb.Struct, m proto.Message) error {
	r := reading("", math.MaxInt-expandMost)
	var p *path
	if root != "" {
		p = p.field(root)
	}
	r.message(ofStruct(tree), m.ProtoReflect(), p)
	return r.failure()
}

func ofStruct(s *structpb.Struct) *node {
	n := &node{kind: mapping}
	for _, key := range slices.Sorted(maps.Keys(s.GetFields())) {
		n.members = append(n.members, member{key: key, value: ofValue(s.Fields[key])})
	}
	return n
}

func ofValue(v *structpb.Value) *node {
	switch v := v.GetKind().(type) {
	case *structpb.Value_BoolValue:
		return &node{kind: boolean, text: strconv.FormatBool(v.BoolValue)}
	case *structpb.Value_NumberValue:
		return &node{kind: number, text: ofFloat(v.NumberValue)}
	case *structpb.Value_StringValue:
		return &node{kind: text, text: v.StringValue}
	case *structpb.Value_ListValue:
		n := &node{kind: list}
		for _, item := range v.ListValue.GetValues() {
			n.items = append(n.items, ofValue(item))
		}
		return n
	case *structpb.Value_StructValue:
		return ofStruct(v.StructValue)
	}
	return &node{}
}

// ofFloat writes whole numbers as such.
func ofFloat(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) <= 1<<53 {
		return strconv.FormatInt(int64(f), 10)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}
