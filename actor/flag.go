package actor

import (
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Flag is a named argument of a [Utility]. A name of one letter gets one dash,
// a longer one two; a nil Value is a bare flag.
type Flag struct {
	Name  string
	Value any

	// Separator stands between name and value: "=" if empty, " " for two
	// arguments.
	Separator string
}

func rendered(arg any) []string {
	f, ok := arg.(Flag)
	if !ok {
		return []string{valueText(arg)}
	}
	name := "--" + f.Name
	if len(f.Name) == 1 {
		name = "-" + f.Name
	}
	switch {
	case f.Value == nil:
		return []string{name}
	case f.Separator == " ":
		return []string{name, valueText(f.Value)}
	case f.Separator == "":
		return []string{name + "=" + valueText(f.Value)}
	}
	return []string{name + f.Separator + valueText(f.Value)}
}

// valueText renders an argument by its type: times by RFC 3339, durations as
// Go writes them, lists with commas between.
func valueText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case *timestamppb.Timestamp:
		return v.AsTime().Format(time.RFC3339Nano)
	case *durationpb.Duration:
		return v.AsDuration().String()
	case []string:
		return strings.Join(v, ",")
	case []int:
		return strings.Trim(strings.ReplaceAll(fmt.Sprint(v), " ", ","), "[]")
	}
	return fmt.Sprint(v)
}
