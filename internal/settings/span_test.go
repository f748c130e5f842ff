package settings

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseSpan(t *testing.T) {
	const h, d = time.Hour, 24 * time.Hour
	tests := []struct {
		text string
		want time.Duration
		err  string
	}{
		{"1.5s", 1500 * time.Millisecond, ""},
		{"5m", 5 * time.Minute, ""},
		{"1h30m", h + 30*time.Minute, ""},
		{"7d10s", 7*d + 10*time.Second, ""},
		{"1d2h3m4.000000005s", d + 2*h + 3*time.Minute + 4*time.Second + 5, ""},
		{"-2s", -2 * time.Second, ""},
		{"-1h0.5s", -h - 500*time.Millisecond, ""},
		{"90", 90 * time.Second, ""},
		{"-1.25", -1250 * time.Millisecond, ""},
		{".5", 500 * time.Millisecond, ""},
		{"5.s", 5 * time.Second, ""},
		{"0", 0, ""},
		{"0s", 0, ""},
		{"90m", 90 * time.Minute, ""},
		{"9223372036.854775807s", math.MaxInt64, ""},
		{"9223372036.854775808s", 0, `"9223372036.854775808s" is out of range for a span of time (292 years)`},
		{"-9223372037s", 0, `"-9223372037s" is out of range for a span of time (292 years)`},
		{"315576000001s", 0, `"315576000001s" is out of range for a span of time (10,000 years)`},
		{"99999999999999999999d", 0, `"99999999999999999999d" is out of range for a span of time (10,000 years)`},
		{"", 0, `"" is not a span of time, such as 1.5s, 5m, 1h30m or 7d10s`},
		{"-", 0, `"-" is not a span of time, such as 1.5s, 5m, 1h30m or 7d10s`},
		{"s", 0, `"s" is not a span of time, such as 1.5s, 5m, 1h30m or 7d10s`},
		{".s", 0, `".s" is not a span of time, such as 1.5s, 5m, 1h30m or 7d10s`},
		{"+1s", 0, `"+1s" is not a span of time, such as 1.5s, 5m, 1h30m or 7d10s`},
		{"1s5m", 0, `"1s5m" is not a span of time, such as 1.5s, 5m, 1h30m or 7d10s`},
		{"1m1m", 0, `"1m1m" is not a span of time, such as 1.5s, 5m, 1h30m or 7d10s`},
		{"1h30", 0, `"1h30" is not a span of time, such as 1.5s, 5m, 1h30m or 7d10s`},
		{"1.5h", 0, `"1.5h" is not a span of time, such as 1.5s, 5m, 1h30m or 7d10s`},
		{"100ms", 0, `"100ms" is not a span of time, such as 1.5s, 5m, 1h30m or 7d10s`},
		{"1 s", 0, `"1 s" is not a span of time, such as 1.5s, 5m, 1h30m or 7d10s`},
		{"1e3s", 0, `"1e3s" is not a span of time, such as 1.5s, 5m, 1h30m or 7d10s`},
		{"1.2.3s", 0, `"1.2.3s" is not a span of time, such as 1.5s, 5m, 1h30m or 7d10s`},
		{"1.0000000001s", 0, `"1.0000000001s" is not a span of time, such as 1.5s, 5m, 1h30m or 7d10s`},
		{"--1s", 0, `"--1s" is not a span of time, such as 1.5s, 5m, 1h30m or 7d10s`},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got, err := ParseSpan(tt.text)
			if text := errorText(err); got != tt.want || text != tt.err {
				t.Errorf("got %v, %s, want %v, %s", got, text, tt.want, tt.err)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestFormatSpan(t *testing.T) {
	tests := []struct {
		d    time.Duration
		want string
	}{
		{0, "0s"},
		{1500 * time.Millisecond, "1.5s"},
		{5 * time.Minute, "5m"},
		{90 * time.Minute, "1h30m"},
		{7*24*time.Hour + 10*time.Second, "7d10s"},
		{24*time.Hour + 1, "1d0.000000001s"},
		{-2 * time.Second, "-2s"},
		{-500 * time.Millisecond, "-0.5s"},
		{math.MinInt64, "-106751d23h47m16.854775808s"},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			if got := FormatSpan(tt.d); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestSpanReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := time.Duration(rapid.Int64Range(math.MinInt64, math.MaxInt64).Draw(t, "d"))
		got, err := ParseSpan(FormatSpan(want))
		if err != nil || got != want {
			t.Fatalf("%s reads back as %v, %v, want %v", FormatSpan(want), got, err, want)
		}
	})
}

// Whatever is taken is within range, and its own text says the same.
func FuzzParseSpan(f *testing.F) {
	for _, s := range []string{"1.5s", "7d10s", "-1h30m", "90", ".5", "1.000000001s", "315576000000s", "1h-3m"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		seconds, nanos, err := parseSpan(s)
		if err != nil {
			return
		}
		if seconds > maxSpanSeconds || seconds < -maxSpanSeconds || nanos >= 1e9 || nanos <= -1e9 || seconds > 0 && nanos < 0 || seconds < 0 && nanos > 0 {
			t.Fatalf("%q is %d s and %d ns", s, seconds, nanos)
		}
		again, n, err := parseSpan(formatSpan(seconds, nanos))
		if err != nil || again != seconds || n != nanos {
			t.Fatalf("%q is %d s and %d ns, its text %q is %d s and %d ns: %v", s, seconds, nanos, formatSpan(seconds, nanos), again, n, err)
		}
	})
}
