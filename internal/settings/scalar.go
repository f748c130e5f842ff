package settings

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// parseScalar returns the value that s stands for in a field that holds one
// number, truth, name or text. What is wrong with s comes back as a problem,
// which reads well after s in quotes; it is empty if all is well.
func parseScalar(fd protoreflect.FieldDescriptor, s string) (v protoreflect.Value, problem string) {
	switch k := fd.Kind(); k {
	case protoreflect.BoolKind:
		switch strings.ToLower(s) {
		case "true":
			return protoreflect.ValueOfBool(true), ""
		case "false":
			return protoreflect.ValueOfBool(false), ""
		}
		return v, "is not true or false"
	case protoreflect.StringKind:
		if !utf8.ValidString(s) {
			return v, "is not UTF-8 text"
		}
		return protoreflect.ValueOfString(s), ""
	case protoreflect.BytesKind:
		b, ok := decodeBase64(s)
		if !ok {
			return v, "is not base64"
		}
		return protoreflect.ValueOfBytes(b), ""
	case protoreflect.EnumKind:
		return parseEnum(fd.Enum(), s)
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		return parseFloat(k, s)
	default:
		return parseInteger(k, s)
	}
}

func parseFloat(k protoreflect.Kind, s string) (v protoreflect.Value, problem string) {
	bits := 64
	if k == protoreflect.FloatKind {
		bits = 32
	}
	var f float64
	switch s {
	case "NaN":
		f = math.NaN()
	case "Infinity", "-Infinity":
		f, _ = strconv.ParseFloat(s, bits)
	default:
		if !isNumber(s) {
			return v, "is not a number"
		}
		var err error
		if f, err = strconv.ParseFloat(s, bits); err != nil {
			return v, "is out of range for " + k.String()
		}
	}
	if bits == 32 {
		return protoreflect.ValueOfFloat32(float32(f)), ""
	}
	return protoreflect.ValueOfFloat64(f), ""
}

func parseInteger(k protoreflect.Kind, s string) (v protoreflect.Value, problem string) {
	if !isNumber(s) {
		return v, "is not a number"
	}
	digits, ok := integral(s)
	if !ok {
		return v, "is not a whole number"
	}
	var err error
	switch k {
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		var n int64
		n, err = strconv.ParseInt(digits, 10, 32)
		v = protoreflect.ValueOfInt32(int32(n))
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		var n uint64
		n, err = parseUnsigned(digits, 32)
		v = protoreflect.ValueOfUint32(uint32(n))
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		var n uint64
		n, err = parseUnsigned(digits, 64)
		v = protoreflect.ValueOfUint64(n)
	default:
		var n int64
		n, err = strconv.ParseInt(digits, 10, 64)
		v = protoreflect.ValueOfInt64(n)
	}
	if err != nil {
		return protoreflect.Value{}, fmt.Sprintf("is out of range for %s (%s)", k, intRange(k))
	}
	return v, ""
}

// parseUnsigned is strconv.ParseUint, to which a negative number is out of
// range.
func parseUnsigned(digits string, bits int) (uint64, error) {
	if strings.HasPrefix(digits, "-") {
		return 0, errors.ErrUnsupported
	}
	return strconv.ParseUint(digits, 10, bits)
}

// intRange returns the least and the greatest number of an integer kind.
func intRange(k protoreflect.Kind) string {
	switch k {
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return "-2147483648 to 2147483647"
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return "0 to 4294967295"
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return "0 to 18446744073709551615"
	default:
		return "-9223372036854775808 to 9223372036854775807"
	}
}

// decodeBase64 takes both alphabets of base64, padded or not.
func decodeBase64(s string) ([]byte, bool) {
	enc := base64.StdEncoding
	if strings.ContainsAny(s, "-_") {
		enc = base64.URLEncoding
	}
	if len(s)%4 != 0 {
		enc = enc.WithPadding(base64.NoPadding)
	}
	b, err := enc.DecodeString(s)
	return b, err == nil
}
