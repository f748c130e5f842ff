package schedule

import (
	"bytes"
	"os"
	"strconv"
)

// loadAverage is that of the last minute.
func loadAverage() (float64, bool) {
	text, err := os.ReadFile("/proc/loadavg")
	first, _, _ := bytes.Cut(text, []byte(" "))
	load, parsed := strconv.ParseFloat(string(first), 64)
	return load, err == nil && parsed == nil
}

// availableMemory is what can be had without swapping, in bytes.
func availableMemory() (uint64, bool) {
	text, _ := os.ReadFile("/proc/meminfo")
	for line := range bytes.Lines(text) {
		if rest, ok := bytes.CutPrefix(line, []byte("MemAvailable:")); ok {
			fields := bytes.Fields(rest)
			if len(fields) == 0 {
				return 0, false
			}
			kib, err := strconv.ParseUint(string(fields[0]), 10, 64)
			return kib << 10, err == nil
		}
	}
	return 0, false
}
