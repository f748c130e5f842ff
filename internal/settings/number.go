package settings

import (
	"strconv"
	"strings"
)

// strictNumber reports whether s is a number as JSON writes it.
func strictNumber(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	if len(digits) > 1 && digits[0] == '0' && '0' <= digits[1] && digits[1] <= '9' {
		return false
	}
	whole, fraction, _, ok := splitNumber(digits)
	return ok && whole != "" && (fraction != "" || !strings.Contains(digits, "."))
}

// splitNumber takes a decimal number without its sign apart. It also takes
// what JSON does not: .5, 5. and 05, which people write in arguments.
func splitNumber(s string) (whole, fraction, exponent string, ok bool) {
	mantissa := s
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa, exponent = s[:i], s[i+1:]
		digits := strings.TrimLeft(exponent, "+-")
		if digits == "" || !allDigits(digits) || len(exponent)-len(digits) > 1 {
			return "", "", "", false
		}
	}
	whole, fraction, _ = strings.Cut(mantissa, ".")
	ok = allDigits(whole) && allDigits(fraction) && whole+fraction != ""
	return whole, fraction, exponent, ok
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// isNumber reports whether s is a decimal number, with or without a sign.
func isNumber(s string) bool {
	_, _, _, ok := splitNumber(strings.TrimPrefix(s, "-"))
	return ok
}

// integral returns the plain digits of a number whose value is whole however
// it is written, as 1.0 and 1e3 are.
func integral(s string) (digits string, ok bool) {
	unsigned := strings.TrimPrefix(s, "-")
	sign := s[:len(s)-len(unsigned)]
	whole, fraction, exponent, ok := splitNumber(unsigned)
	if !ok {
		return "", false
	}
	fraction = strings.TrimRight(fraction, "0")
	shift := 0
	if exponent != "" {
		n, err := strconv.Atoi(exponent)
		if err != nil || n > 1000 || n < -1000 {
			n = max(min(n, 1000), -1000)
		}
		shift = n
	}
	switch {
	case shift > len(fraction):
		whole, fraction = whole+fraction+strings.Repeat("0", shift-len(fraction)), ""
	case shift > 0:
		whole, fraction = whole+fraction[:shift], fraction[shift:]
	case shift < 0:
		kept := max(len(whole)+shift, 0)
		lost := whole[kept:]
		whole, fraction = whole[:kept], strings.TrimRight(lost+fraction, "0")
	}
	whole = strings.TrimLeft(whole, "0")
	if strings.Trim(fraction, "0") != "" {
		return "", false
	}
	if whole == "" {
		return "0", true
	}
	return sign + whole, true
}
