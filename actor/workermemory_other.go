//go:build !linux

package actor

import "runtime"

// residentMemory is how much memory this process has from the system, in bytes.
func residentMemory() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys - m.HeapReleased
}
