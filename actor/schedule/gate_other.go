//go:build !linux

package schedule

// loadAverage is not known here, and so no limit.
func loadAverage() (float64, bool) { return 0, false }

// availableMemory is not known here, and so no limit.
func availableMemory() (uint64, bool) { return 0, false }
