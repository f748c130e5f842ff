package cli

import (
	"testing"
	"time"
)

func TestElapsed(t *testing.T) {
	tests := []struct {
		span time.Duration
		want string
	}{
		{0, "0.0s"},
		{-time.Second, "0.0s"},
		{99 * time.Millisecond, "0.0s"},
		{12 * time.Second, "12.0s"},
		{12*time.Second + 799*time.Millisecond, "12.7s"},
		{time.Minute, "1m0.0s"},
		{145*time.Second + 699*time.Millisecond, "2m25.6s"},
		{time.Hour, "1h"},
		{7*time.Hour + 30*time.Minute + 59*time.Second, "7h30m"},
		{24 * time.Hour, "1d"},
		{25*time.Hour + 61*time.Second, "1d1h"},
		{400 * 24 * time.Hour, "400d"},
	}
	for _, tt := range tests {
		if got := elapsed(tt.span); got != tt.want {
			t.Errorf("elapsed(%v) = %s, want %s", tt.span, got, tt.want)
		}
	}
}
