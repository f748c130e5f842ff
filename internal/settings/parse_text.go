package settings

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string in quotes and returns what it stands for.
func (p *parser) text() (string, *fault) {
	start := p.at
	p.at++
	var out []byte
	for p.at < len(p.data) {
		c := p.data[p.at]
		switch {
		case c == '"':
			p.at++
			return string(out), nil
		case c == '\\':
			r, err := p.escape()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, r)
		case c < ' ':
			return "", faultf(p.at, nil, "a string may not contain %s as it is (write it as an escape)", p.found())
		default:
			r, size := utf8.DecodeRune(p.data[p.at:])
			if r == utf8.RuneError && size == 1 {
				return "", faultf(p.at, nil, "the string is not UTF-8")
			}
			out = append(out, p.data[p.at:p.at+size]...)
			p.at += size
		}
	}
	return "", faultf(start, nil, "the string has no closing quote")
}

// escape reads what begins with a backslash.
func (p *parser) escape() (rune, *fault) {
	const codes, means = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	start := p.at
	p.at += 2
	if p.at > len(p.data) {
		return 0, faultf(start, nil, "the string has no closing quote")
	}
	c := p.data[p.at-1]
	if i := strings.IndexByte(codes, c); i >= 0 {
		return rune(means[i]), nil
	}
	if c != 'u' {
		return 0, faultf(start, nil, `a string may not contain the escape "\%c"`, c)
	}
	r, ok := p.hex()
	if ok && utf16.IsSurrogate(r) {
		ok = p.at+2 <= len(p.data) && p.data[p.at] == '\\' && p.data[p.at+1] == 'u'
		if ok {
			p.at += 2
			var low rune
			low, ok = p.hex()
			r = utf16.DecodeRune(r, low)
			ok = ok && r != utf8.RuneError
		}
	}
	if !ok {
		return 0, faultf(start, nil, `"\u" needs four hexadecimal digits of one character, or two such for a pair`)
	}
	return r, nil
}

// hex reads four hexadecimal digits.
func (p *parser) hex() (rune, bool) {
	if p.at+4 > len(p.data) {
		return 0, false
	}
	v, err := strconv.ParseUint(string(p.data[p.at:p.at+4]), 16, 16)
	if err != nil {
		return 0, false
	}
	p.at += 4
	return rune(v), true
}
