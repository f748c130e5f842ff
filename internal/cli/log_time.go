package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/ansar-go/ansar/internal/settings"
)

// momentLayouts are the ways to write a time, with T for the separator.
var momentLayouts = []string{
	"2006-01-02T15:04:05", // a fraction is read as well
	"2006-01-02T15:04",
	"2006-01-02T15",
	"2006-01-02",
	"2006-01",
	"2006",
}

// parseMoment reads a time: an instant or the front of one, with a zone or in that
// given; now, today or yesterday; or a span of time for so long ago.
func parseMoment(flag, s string, zone *time.Location, now time.Time) (time.Time, error) {
	midnight := func(days int) time.Time {
		year, month, day := now.In(zone).Date()
		return time.Date(year, month, day+days, 0, 0, 0, 0, zone)
	}
	switch s {
	case "now":
		return now, nil
	case "today":
		return midnight(0), nil
	case "yesterday":
		return midnight(-1), nil
	}
	text := s
	if len(text) > len("2006-01-02") && strings.ContainsRune("t ", rune(text[len("2006-01-02")])) {
		text = text[:len("2006-01-02")] + "T" + text[len("2006-01-02")+1:]
	}
	for _, layout := range momentLayouts {
		for _, suffix := range []string{"", "Z07:00", "Z0700"} {
			if t, err := time.ParseInLocation(layout+suffix, text, zone); err == nil {
				return t, nil
			}
		}
	}
	if ago, err := settings.ParseSpan(s); err == nil && strings.ContainsAny(s, "dhms") {
		return now.Add(-ago.Abs()), nil
	}
	return time.Time{}, &settings.UsageError{
		Name:    flag,
		Problem: fmt.Sprintf("%q is not a time, such as 2020-11-07T15:52:25.745, yesterday, or 1h for an hour ago", s),
	}
}

// periods are those of --last. A period within the hour has a length that divides
// it.
var periods = []struct {
	name   string
	length time.Duration // 0: the calendar decides
}{
	{"MONTH", 0}, {"WEEK", 0}, {"DAY", 0}, {"HOUR", time.Hour}, {"HALF", 30 * time.Minute}, {"QUARTER", 15 * time.Minute},
	{"TEN", 10 * time.Minute}, {"FIVE", 5 * time.Minute}, {"MINUTE", time.Minute},
}

func periodNames() (names []string) {
	for _, p := range periods {
		names = append(names, p.name)
	}
	return names
}

func knownPeriod(name string) error {
	for _, p := range periods {
		if strings.EqualFold(p.name, name) {
			return nil
		}
	}
	return fmt.Errorf("%q is not one of %s", name, strings.Join(periodNames(), ", "))
}

// periodBegin returns when the current period began, in UTC.
func periodBegin(name string, now time.Time) time.Time {
	now = now.UTC()
	year, month, day := now.Date()
	switch strings.ToUpper(name) {
	case "MONTH":
		return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	case "WEEK": // Monday is its first day
		return time.Date(year, month, day-(int(now.Weekday())+6)%7, 0, 0, 0, 0, time.UTC)
	case "DAY":
		return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	}
	midnight := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	for _, p := range periods {
		if strings.EqualFold(p.name, name) {
			return midnight.Add(now.Sub(midnight).Truncate(p.length))
		}
	}
	return now
}
