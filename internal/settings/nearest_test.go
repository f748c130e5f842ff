package settings

import (
	"testing"

	"pgregory.net/rapid"
)

func TestNearest(t *testing.T) {
	known := []string{"seconds", "rotation", "mode", "dry-run", "limits.max-size", "ab", "äöü"}
	tests := []struct{ name, word, want string }{
		{"a letter is missing", "secnds", "seconds"},
		{"a letter too many", "secconds", "seconds"},
		{"two letters are swapped", "rotatoin", "rotation"},
		{"a letter is wrong", "mude", "mode"},
		{"two letters of a long word", "limits.mx-siz", "limits.max-size"},
		{"the word itself", "mode", "mode"},
		{"letters beyond ASCII", "äoü", "äöü"},
		{"too far", "zebra", ""},
		{"nothing in common, though short", "xy", ""},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := Nearest(tt.word, known)
			if got != tt.want || ok != (tt.want != "") {
				t.Errorf("nearest to %q is %q, %t, want %q", tt.word, got, ok, tt.want)
			}
		})
	}
}

// The distance is the same in both directions, zero only between equals, and
// one edit away after one edit.
func TestDistance(t *testing.T) {
	word := rapid.SliceOfN(rapid.RuneFrom([]rune("abcä")), 0, 8)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		ab, ba := distance(a, b), distance(b, a)
		if ab != ba || (ab == 0) != (string(a) == string(b)) || ab > max(len(a), len(b)) {
			t.Fatalf("distance of %q and %q is %d, and back %d", string(a), string(b), ab, ba)
		}
		at := rapid.IntRange(0, len(a)).Draw(t, "at")
		longer := append(append(append([]rune{}, a[:at]...), 'x'), a[at:]...)
		if got := distance(a, longer); got != 1 {
			t.Fatalf("distance of %q and %q is %d, want 1", string(a), string(longer), got)
		}
	})
}
