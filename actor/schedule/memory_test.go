//go:build !race

package schedule

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Fifty megabytes take no memory here.
func TestEC9(t *testing.T) {
	before := resident(t)
	peak := before
	r := runs(t, plan(shell("prints", "yes 0123456789abcdef | head -c 52428800")), &Options{Events: func(*schedulepb.Event) {
		peak = max(peak, resident(t))
	}})
	a := jobOf(t, r, "prints").GetAttempts()[0]
	var size int64
	for _, o := range a.GetOutputs() {
		if o.GetStream() == "stdout" {
			size = o.GetLength()
			info, err := os.Stat(filepath.Join(r.GetFolder(), o.GetFile()))
			if err != nil || info.Size() != 52428800 {
				t.Errorf("the file of stdout: %v, %v", info, err)
			}
		}
	}
	if size != 52428800 || a.GetStatus() != schedulepb.Status_STATUS_OK {
		t.Errorf("stdout is %d bytes, status %s", size, a.GetStatus().Name())
	}
	if peak-before > 20<<20 {
		t.Errorf("memory grew from %d to %d", before, peak)
	}
}

// resident is the memory of this process, in bytes.
func resident(t *testing.T) int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0 // not on this system
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	if err != nil {
		t.Error(err)
	}
	return pages * int64(os.Getpagesize())
}
