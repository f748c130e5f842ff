//go:build !linux

package hostlock

// systemAsks: only the text tells who holds a lock.
const systemAsks = false
