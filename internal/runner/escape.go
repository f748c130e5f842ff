package runner

import (
	"encoding/binary"
	"strconv"
	"unicode/utf8"
)

// appendEscaped appends text such that it is one line of printable UTF-8: a
// blank and a tab stay, \n stands for a newline and \x1b for any other byte that
// is none. Ordinary text is copied at the speed of memory.
func appendEscaped(line, text []byte) []byte {
	for len(text) > 0 {
		n := plainLen(text)
		line = append(line, text[:n]...)
		text = text[n:]
		if len(text) == 0 {
			break
		}
		size := 1
		if text[0] >= utf8.RuneSelf {
			var r rune
			r, size = utf8.DecodeRune(text)
			if (r != utf8.RuneError || size > 1) && strconv.IsPrint(r) {
				line = append(line, text[:size]...)
				text = text[size:]
				continue
			}
		}
		for _, c := range text[:size] {
			line = appendControl(line, c)
		}
		text = text[size:]
	}
	return line
}

// plainLen is how many bytes at the beginning of text are printable ASCII.
func plainLen(text []byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	n := 0
	for ; n+8 <= len(text); n += 8 {
		w := binary.LittleEndian.Uint64(text[n:])
		control := (w - ones*' ') &^ w                     // a high bit where a byte is below a blank, perhaps
		del := ((w ^ ones*0x7f) - ones) &^ (w ^ ones*0x7f) // where it is 0x7f, perhaps
		if (control|del|w)&highs != 0 {
			break
		}
	}
	for ; n < len(text); n++ {
		if c := text[n]; c < ' ' && c != '\t' || c >= 0x7f {
			break
		}
	}
	return n
}

func appendControl(line []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	if c == '\n' {
		return append(line, '\\', 'n')
	}
	return append(line, '\\', 'x', hex[c>>4], hex[c&15])
}
