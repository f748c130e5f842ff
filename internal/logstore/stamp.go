package logstore

import (
	"encoding/binary"
	"time"
)

// Tolerance is how far the time of a line may be before that of a line above it
// in the same segment. Records of several processes arrive a little out of order.
const Tolerance = time.Second

const (
	layout   = "2006-01-02T15:04:05.000"
	stampLen = len(layout)
	shape    = "0000-00-00T00:00:00.000 "
)

// forever is after all times.
var forever = stamp{0: 0xff}

// stamp is the time of a line as it is written. Stamps compare as times do.
type stamp [stampLen]byte

// stampOf returns the time that a line begins with.
func stampOf(line []byte) (s stamp, ok bool) {
	if !stamped(line) {
		return s, false
	}
	return stamp(line[:stampLen]), true
}

// stamped reports whether a line begins with a time and a blank. It looks at eight
// bytes at a time: every line that is read or written is asked.
func stamped(line []byte) bool {
	if len(line) < len(shape) {
		return false
	}
	for i, want := range shapes {
		x := binary.LittleEndian.Uint64(line[8*i:])
		digits := x & want.digits
		if x&^want.digits != want.others || digits&(tens&want.digits) != zeros&want.digits ||
			(digits+sixes&want.digits)&(tens&want.digits) != zeros&want.digits {
			return false
		}
	}
	return true
}

const (
	zeros = 0x3030303030303030
	tens  = 0xf0f0f0f0f0f0f0f0
	sixes = 0x0606060606060606
)

// shapes are the eight bytes each of the shape: where the digits are, and what the
// others are.
var shapes = func() (list [3]struct{ digits, others uint64 }) {
	for i := range len(shape) {
		bits := 8 * (i % 8)
		if c := shape[i]; c == '0' {
			list[i/8].digits |= 0xff << bits
		} else {
			list[i/8].others |= uint64(c) << bits
		}
	}
	return list
}()

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
	var room [stampLen + 9]byte // AppendFormat wants more than it gives
	copy(s[:], t.AppendFormat(room[:0], layout))
	return s
}

// time reads a stamp. One that is no date, such as the 40th of a month, is the
// zero time.
func (s stamp) time() time.Time {
	t, _ := time.Parse(layout, string(s[:])) // the zero time then
	return t
}

func (s stamp) add(d time.Duration) stamp { return stampAt(s.time().Add(d)) }

func (s stamp) before(other stamp) bool { return string(s[:]) < string(other[:]) }

// sameSecond reports whether two stamps are less than [Tolerance] apart, where
// that can be seen at once.
func (s stamp) sameSecond(other stamp) bool { return string(s[:19]) == string(other[:19]) }
