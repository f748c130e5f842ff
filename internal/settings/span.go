package settings

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// maxSpanSeconds is the longest span that google.protobuf.Duration allows,
// about 10,000 years.
const maxSpanSeconds = 315_576_000_000

var (
	errSpan      = errors.New("is not a span of time, such as 1.5s, 5m, 1h30m or 7d10s")
	errSpanRange = errors.New("is out of range for a span of time (10,000 years)")
)

// ParseSpan returns the span of time that s stands for: days, hours, minutes
// and seconds in that order, each at most once, as in 1.5s, 5m, 1h30m, 7d10s
// or -2s. A bare number is seconds. A fraction belongs to the seconds and has
// at most nine digits.
func ParseSpan(s string) (time.Duration, error) {
	seconds, nanos, err := parseSpan(s)
	if err != nil {
		return 0, fmt.Errorf("%s %w", quote(s), err)
	}
	const most = int64(math.MaxInt64 / time.Second)
	d := time.Duration(seconds)*time.Second + time.Duration(nanos)
	if seconds > most || seconds < -most || seconds > 0 && d < 0 || seconds < 0 && d > 0 {
		return 0, fmt.Errorf("%s is out of range for a span of time (292 years)", quote(s))
	}
	return d, nil
}

// FormatSpan returns d as [ParseSpan] reads it, and so that it reads back as
// d: 1.5s, 5m, 1h30m, 7d10s.
func FormatSpan(d time.Duration) string {
	return formatSpan(int64(d/time.Second), int32(d%time.Second))
}

// parseSpan returns seconds and nanoseconds of one sign.
func parseSpan(s string) (seconds int64, nanos int32, err error) {
	rest := strings.TrimPrefix(s, "-")
	if rest == "" {
		return 0, 0, errSpan
	}
	units := []struct {
		letter  byte
		seconds int64
	}{{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}}
	for rest != "" {
		n := 0
		for n < len(rest) && (rest[n] == '.' || '0' <= rest[n] && rest[n] <= '9') {
			n++
		}
		digits, letter := rest[:n], byte('s')
		if n < len(rest) {
			letter, n = rest[n], n+1
		} else if len(digits) != len(strings.TrimPrefix(s, "-")) {
			return 0, 0, errSpan // a bare number stands alone
		}
		for len(units) > 0 && units[0].letter != letter {
			units = units[1:]
		}
		if len(units) == 0 {
			return 0, 0, errSpan
		}
		amount, fraction, err := parseAmount(digits, letter == 's')
		if err != nil {
			return 0, 0, err
		}
		if amount > maxSpanSeconds/units[0].seconds {
			return 0, 0, errSpanRange
		}
		seconds, nanos = seconds+amount*units[0].seconds, fraction
		rest, units = rest[n:], units[1:]
	}
	if seconds > maxSpanSeconds || seconds == maxSpanSeconds && nanos > 0 {
		return 0, 0, errSpanRange
	}
	if s[0] == '-' {
		seconds, nanos = -seconds, -nanos
	}
	return seconds, nanos, nil
}

// parseAmount reads the digits before a unit, and a fraction where it may be.
func parseAmount(digits string, fractionAllowed bool) (whole int64, nanos int32, err error) {
	w, f, dot := strings.Cut(digits, ".")
	if !allDigits(w) || !allDigits(f) || w+f == "" || dot && !fractionAllowed || len(f) > 9 {
		return 0, 0, errSpan
	}
	if w = strings.TrimLeft(w, "0"); len(w) > 18 {
		return 0, 0, errSpanRange
	}
	whole, _ = strconv.ParseInt("0"+w, 10, 64)
	n, _ := strconv.ParseInt((f + "000000000")[:9], 10, 32)
	return whole, int32(n), nil
}

func formatSpan(seconds int64, nanos int32) string {
	var b strings.Builder
	if seconds < 0 || nanos < 0 {
		b.WriteByte('-')
		seconds, nanos = -seconds, -nanos
	}
	for _, u := range []struct {
		letter  byte
		seconds int64
	}{{'d', 86400}, {'h', 3600}, {'m', 60}} {
		if seconds >= u.seconds {
			b.WriteString(strconv.FormatInt(seconds/u.seconds, 10))
			b.WriteByte(u.letter)
			seconds %= u.seconds
		}
	}
	if seconds == 0 && nanos == 0 && b.Len() > 1 {
		return b.String()
	}
	b.WriteString(strconv.FormatInt(seconds, 10))
	if nanos != 0 {
		b.WriteString("." + strings.TrimRight(fmt.Sprintf("%09d", nanos), "0"))
	}
	b.WriteByte('s')
	return b.String()
}
