package cli

import (
	"testing"
	"time"
)

func moment(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestPeriodBegin(t *testing.T) {
	tests := []struct{ name, period, now, want string }{
		{"month", "MONTH", "2020-11-07T15:52:25Z", "2020-11-01T00:00:00Z"},
		{"first instant of a month", "MONTH", "2020-11-01T00:00:00Z", "2020-11-01T00:00:00Z"},
		{"last instant of a month", "MONTH", "2020-02-29T23:59:59.999Z", "2020-02-01T00:00:00Z"},
		{"week begins on Monday", "WEEK", "2020-11-07T15:52:25Z", "2020-11-02T00:00:00Z"},
		{"Monday is in its own week", "WEEK", "2020-11-02T00:00:00Z", "2020-11-02T00:00:00Z"},
		{"Sunday is the last day", "WEEK", "2020-11-08T23:59:59Z", "2020-11-02T00:00:00Z"},
		{"week that began in the month before", "WEEK", "2020-10-02T12:00:00Z", "2020-09-28T00:00:00Z"},
		{"week that began in February of a leap year", "WEEK", "2020-03-01T12:00:00Z", "2020-02-24T00:00:00Z"},
		{"week that began in the year before", "WEEK", "2021-01-02T12:00:00Z", "2020-12-28T00:00:00Z"},
		{"day", "DAY", "2020-11-07T15:52:25Z", "2020-11-07T00:00:00Z"},
		{"hour", "HOUR", "2020-11-07T15:52:25Z", "2020-11-07T15:00:00Z"},
		{"first half", "HALF", "2020-11-07T15:29:59Z", "2020-11-07T15:00:00Z"},
		{"second half", "HALF", "2020-11-07T15:30:00Z", "2020-11-07T15:30:00Z"},
		{"quarter", "QUARTER", "2020-11-07T15:52:25Z", "2020-11-07T15:45:00Z"},
		{"ten", "TEN", "2020-11-07T15:52:25Z", "2020-11-07T15:50:00Z"},
		{"five", "FIVE", "2020-11-07T15:57:25Z", "2020-11-07T15:55:00Z"},
		{"minute", "MINUTE", "2020-11-07T15:52:25.9Z", "2020-11-07T15:52:00Z"},
		{"small letters", "minute", "2020-11-07T15:52:25.9Z", "2020-11-07T15:52:00Z"},
		{"it is the day of UTC", "DAY", "2020-11-07T23:30:00-02:00", "2020-11-08T00:00:00Z"},
		{"hours of zones with half an hour", "HOUR", "2020-11-07T23:20:00+05:30", "2020-11-07T17:00:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := periodBegin(tt.period, moment(t, tt.now)); !got.Equal(moment(t, tt.want)) {
				t.Errorf("%s at %s began at %v, want %s", tt.period, tt.now, got, tt.want)
			}
		})
	}
}

func TestParseMoment(t *testing.T) {
	zone := time.FixedZone("two hours east", 2*3600)
	now := "2020-11-07T15:52:25.745Z"
	tests := []struct {
		name, text string
		zone       *time.Location
		want       string
	}{
		{"whole", "2020-11-07T15:52:25.745", time.UTC, "2020-11-07T15:52:25.745Z"},
		{"as the local clock is printed", "2020-11-07t15:52:25.745", zone, "2020-11-07T13:52:25.745Z"},
		{"with a blank", "2020-11-07 15:52", time.UTC, "2020-11-07T15:52:00Z"},
		{"microseconds", "2020-11-07T15:52:25.745001", time.UTC, "2020-11-07T15:52:25.745001Z"},
		{"an hour", "2020-11-07T15", time.UTC, "2020-11-07T15:00:00Z"},
		{"a day", "2020-11-07", zone, "2020-11-06T22:00:00Z"},
		{"a month", "2020-11", time.UTC, "2020-11-01T00:00:00Z"},
		{"a year", "2020", time.UTC, "2020-01-01T00:00:00Z"},
		{"a zone of its own wins", "2020-11-07T15:52:25+01:00", zone, "2020-11-07T14:52:25Z"},
		{"UTC of its own", "2020-11-07T15:52:25.745Z", zone, "2020-11-07T15:52:25.745Z"},
		{"now", "now", zone, now},
		{"today", "today", time.UTC, "2020-11-07T00:00:00Z"},
		{"yesterday of the local clock", "yesterday", zone, "2020-11-05T22:00:00Z"},
		{"so long ago", "1h30m", zone, "2020-11-07T14:22:25.745Z"},
		{"so long ago with a sign", "-1d", time.UTC, "2020-11-06T15:52:25.745Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseMoment("--from", tt.text, tt.zone, moment(t, now))
			if err != nil {
				t.Fatal(err)
			}
			if !got.Equal(moment(t, tt.want)) {
				t.Errorf("%q is %v, want %s", tt.text, got, tt.want)
			}
		})
	}
	for _, text := range []string{"12:00", "2020-13-01", "2020-02-30", "5", "tomorrow", "2020-11-07T25:00", "T12:00"} {
		if at, err := parseMoment("--from", text, time.UTC, moment(t, now)); err == nil {
			t.Errorf("%q is taken for %v", text, at)
		}
	}
}
