package osproc

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestGiveUp(t *testing.T) {
	ended := time.Unix(1000, 0)
	tests := []struct {
		name string
		now  time.Duration // since the end
		want time.Duration
	}{
		{"at the end, silence counts from it", 0, 250 * time.Millisecond},
		{"data begins a new silence", 100 * time.Millisecond, 350 * time.Millisecond},
		{"two seconds are all", 1900 * time.Millisecond, 2 * time.Second},
		{"a slow Writer does not stretch them", 5 * time.Second, 2 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := giveUp(ended.Add(tt.now), ended).Sub(ended)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("gives up after (-want +got):\n%s", diff)
			}
		})
	}
}

// However late the drain is, all that was in the pipe when it gives up is
// delivered, in order, though another process could still write.
func TestGivenUpPipeIsEmptied(t *testing.T) {
	for _, size := range []int{0, 1, 100, 1 << 16} {
		t.Run(fmt.Sprintf("%d bytes", size), func(t *testing.T) {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close() // not before the drain is over
			want := make([]byte, size)
			for i := range want {
				want[i] = byte(i % 251)
			}
			if _, err := w.Write(want); err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			d := &drain{file: r, to: &got, size: chunkSize}
			d.finish(time.Now().Add(-time.Hour))
			d.run()
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("delivered (-want +got):\n%s", diff)
			}
			if _, err := r.Read(make([]byte, 1)); err == nil {
				t.Error("the pipe is still open")
			}
		})
	}
}
