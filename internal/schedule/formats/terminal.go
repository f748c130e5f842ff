package formats

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Colours of a terminal.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
	grey   = "90"
)

var colours = map[string]string{
	"ok": green, "xpass": yellow, "flaky": yellow, "leaky": yellow, "running": cyan,
	"failed": red, "error": red, "crashed": red, "timed-out": red, "unrunnable": red, "not-ready": red,
}

// paint gives the text the colour of a status.
func (t *tableWriter) paint(status, text string) string {
	if !t.opts.Colour {
		return text
	}
	colour, ok := colours[status]
	if !ok {
		colour = grey
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// visible returns the text in one line, without anything that a terminal would obey.
func visible(text string) string {
	if strings.IndexFunc(text, unprintable) < 0 && utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], string(utf8.RuneError)):
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case r == '\n', r == '\t', r == '\r':
			b.WriteByte(' ')
		case unprintable(r) && r <= 0xff:
			fmt.Fprintf(&b, `\x%02x`, r)
		case unprintable(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// width is how many columns a text takes.
func width(text string) int {
	n := 0
	for _, r := range text {
		n += columns(r)
	}
	return n
}

// columns is how many columns a character takes: those of East Asia and most pictures two.
func columns(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r >= 0x1100 && r <= 0x115f, r >= 0x2e80 && r <= 0xa4cf, r >= 0xac00 && r <= 0xd7a3, r >= 0xf900 && r <= 0xfaff,
		r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60, r >= 0xffe0 && r <= 0xffe6, r >= 0x1f300 && r <= 0x1faff, r >= 0x20000 && r <= 0x3fffd:
		return 2
	}
	return 1
}

// shorten cuts a text to so many columns, and shows that it did.
func shorten(text string, limit int) string {
	if width(text) <= limit {
		return text
	}
	n := 0
	for i, r := range text {
		if n += columns(r); n > limit-1 {
			return text[:i] + "…"
		}
	}
	return text
}

// pad fills a text with spaces to so many columns.
func pad(text string, columns int, right bool) string {
	space := strings.Repeat(" ", max(0, columns-width(text)))
	if right {
		return space + text
	}
	return text + space
}
