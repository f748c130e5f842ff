package cli

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"
)

// What is quick says nothing; what is not tells how far it is, in lines where
// nobody sits at a terminal.
func TestProgress(t *testing.T) {
	tests := []struct {
		name string
		took time.Duration
		want string
	}{
		{"under a second", 900 * time.Millisecond, ""},
		{"over a second", 3 * time.Second, "ansar: copied 10.0 KiB of 1.0 MiB (0%)\n"},
		{"many seconds", 12 * time.Second, "ansar: copied 10.0 KiB of 1.0 MiB (0%)\nansar: copied 60.0 KiB of 1.0 MiB (5%)\nansar: copied 110.0 KiB of 1.0 MiB (10%)\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				copied, done := (&env{stderr: &out}).progress(1 << 20)
				for range tt.took / (100 * time.Millisecond) {
					time.Sleep(99 * time.Millisecond) // of the bubble
					copied(1 << 10)
					time.Sleep(time.Millisecond)
				}
				done()
				if out.String() != tt.want {
					t.Errorf("it said\n%s\nwant\n%s", out.String(), tt.want)
				}
			})
		})
	}
}

func TestBytesText(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 1<<20 - 1: "1.0 MiB", 5 << 30: "5.0 GiB", 1 << 62: "4194304.0 TiB"} {
		if got := bytesText(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
