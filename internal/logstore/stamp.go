package logstore

import (
	"encoding/binary"
	"math"
	"time"
)

// Tolerance is how far the time of a line may be before that of a line above it
// in the same segment. Records of several processes arrive a little out of order.
const Tolerance = time.Second

const (
	layout = "2006-01-02T15:04:05.000 "
	shape  = "0000-00-00T00:00:00.000 "

	stampLen = len(shape) // with the blank: every line that is read or written is asked, eight bytes at a time
)

// stamp is the time of a line as it is written, as three numbers. Stamps compare
// as times do.
type stamp [stampLen / 8]uint64

// forever is after all times.
var forever = stamp{math.MaxUint64}

// stampOf returns the time that a line begins with.
func stampOf(line []byte) (s stamp, ok bool) {
	if len(line) < stampLen {
		return s, false
	}
	for i := range s {
		x := binary.BigEndian.Uint64(line[8*i:])
		if !shapes[i].fits(x) {
			return s, false
		}
		s[i] = x
	}
	return s, true
}

// stamped reports whether a line begins with a time and a blank.
func stamped(line []byte) bool {
	_, ok := stampOf(line)
	return ok
}

// eight are as many bytes of the shape: where the digits are, and what the others
// are.
type eight struct{ digits, others uint64 }

var shapes = func() (list [stampLen / 8]eight) {
	for i := range stampLen {
		bits := 56 - 8*(i%8)
		if c := shape[i]; c == '0' {
			list[i/8].digits |= 0xff << bits
		} else {
			list[i/8].others |= uint64(c) << bits
		}
	}
	return list
}()

func (e eight) fits(x uint64) bool {
	const (
		zeros = 0x3030303030303030
		tens  = 0xf0f0f0f0f0f0f0f0
		sixes = 0x0606060606060606
	)
	digits := x & e.digits
	high := tens & e.digits
	return x&^e.digits == e.others &&
		digits&high == zeros&e.digits && // 0x30 to 0x3f
		(digits+sixes&e.digits)&high == zeros&e.digits // and up to 0x39
}

// stampAt returns the first stamp that is not before t.
func stampAt(t time.Time) (s stamp) {
	t = t.UTC()
	if whole := t.Truncate(time.Millisecond); whole.Before(t) {
		t = whole.Add(time.Millisecond)
	}
	switch year := t.Year(); {
	case year < 0:
		t = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	case year > 9999:
		t = time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC)
	}
	var room [2 * stampLen]byte // AppendFormat wants more than it gives
	text := t.AppendFormat(room[:0], layout)
	for i := range s {
		s[i] = binary.BigEndian.Uint64(text[8*i:])
	}
	return s
}

// append appends the time as it is written, with the blank.
func (s stamp) append(line []byte) []byte {
	for _, x := range s {
		line = binary.BigEndian.AppendUint64(line, x)
	}
	return line
}

// time reads a stamp. One that is no date, such as the 40th of a month, is the
// zero time.
func (s stamp) time() time.Time {
	t, _ := time.Parse(layout, string(s.append(nil))) // the zero time then
	return t
}

func (s stamp) add(d time.Duration) stamp { return stampAt(s.time().Add(d)) }

func (s stamp) before(other stamp) bool {
	if s[0] != other[0] {
		return s[0] < other[0]
	}
	if s[1] != other[1] {
		return s[1] < other[1]
	}
	return s[2] < other[2]
}

// sameSecond reports whether two stamps are less than [Tolerance] apart, where
// that can be seen at once.
func (s stamp) sameSecond(other stamp) bool {
	const point = 5 * 8 // the bits behind it: milliseconds and the blank
	return s[0] == other[0] && s[1] == other[1] && s[2]>>point == other[2]>>point
}
