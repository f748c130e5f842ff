package osproc

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestTail(t *testing.T) {
	tests := []struct {
		name string
		in   string
		want string
	}{
		{"nothing", "", ""},
		{"less than the limit", "ab\ncd", "ab\ncd"},
		{"exactly the limit", "abcdefgh\n\n", "abcdefgh\n\n"},
		{"a line that begins at the limit is whole", "xyz\nabcdefgh\n\n", "abcdefgh\n\n"},
		{"a line that begins before it is dropped", "abcdefgh\n12\n34\n", "12\n34\n"},
		{"an unterminated last line counts", "abcdefgh\n12\n34", "12\n34"},
		{"a long last line is cut", "ab\n0123456789abcdef", "6789abcdef"},
		{"a long terminated last line is cut", "0123456789abcdef\n", "789abcdef\n"},
		{"a cut rune is dropped", "ab\u20ac123456789", "123456789"},
		{"no UTF-8 is replaced", "a\xffb", "a\uFFFDb"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tail := &tail{limit: 10}
			tail.add([]byte(tt.in))
			if diff := cmp.Diff(tt.want, tail.String()); diff != "" {
				t.Errorf("tail (-want +got):\n%s", diff)
			}
		})
	}
}

// However the stream is cut into chunks, the tail is the same: an end of it,
// valid, within the limit, and whole lines where the last one fits.
func TestTailOfAnyChunks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 20).Draw(t, "limit")
		chunks := rapid.SliceOf(rapid.StringOf(rapid.SampledFrom([]rune("ab\n\u20ac")))).Draw(t, "chunks")
		all := strings.Join(chunks, "")
		whole, cut := &tail{limit: limit}, &tail{limit: limit}
		whole.add([]byte(all))
		for _, chunk := range chunks {
			cut.add([]byte(chunk))
		}
		got := cut.String()
		if want := whole.String(); got != want {
			t.Fatalf("in chunks %q, at once %q", got, want)
		}
		if !strings.HasSuffix(all, got) || !utf8.ValidString(got) || len(got) > limit {
			t.Fatalf("%q of %q with limit %d", got, all, limit)
		}
		before := strings.TrimSuffix(all, got)
		last := all[strings.LastIndexByte(strings.TrimSuffix(all, "\n"), '\n')+1:]
		if len(last) <= limit && before != "" && !strings.HasSuffix(before, "\n") {
			t.Fatalf("%q of %q begins within a line", got, all)
		}
	})
}
