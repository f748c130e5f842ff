package logstore

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestStamped(t *testing.T) {
	const good = "2020-11-07T15:52:25.745 ^ text"
	if !stamped([]byte(good)) || !stamped([]byte(good[:stampLen])) {
		t.Error("a time is not taken for one")
	}
	if stamped([]byte(good[:stampLen-1])) {
		t.Error("a time without a blank is taken for one")
	}
	for i := range stampLen {
		for c := range 256 {
			line := []byte(good)
			line[i] = byte(c)
			want := shape[i] == byte(c) || shape[i] == '0' && c >= '0' && c <= '9'
			if stamped(line) != want {
				t.Errorf("byte %d of a line as %q: %v, want %v", i, rune(c), !want, want)
			}
		}
	}
}

// Stamps compare as times do, and read back as the millisecond that is not before
// the time.
func TestStampsAreOrderedAsTimes(t *testing.T) {
	anyTime := rapid.Map(rapid.Int64Range(0, 1<<52), func(us int64) time.Time { return time.UnixMicro(us) })
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyTime.Draw(t, "a"), anyTime.Draw(t, "b")
		sa, sb := stampAt(a), stampAt(b)
		if sa.before(sb) && !a.Before(b) || b.Sub(a) >= time.Millisecond && !sa.before(sb) {
			t.Errorf("%v is %s, and %v is %s", a, sa.append(nil), b, sb.append(nil))
		}
		if late := sa.time().Sub(a); late < 0 || late >= time.Millisecond {
			t.Errorf("%v is %s, %v off", a, sa.append(nil), late)
		}
	})
}
