//go:build !linux

package actor

import "time"

// awaitOrphans: see killStrays.
func awaitOrphans(time.Duration) {}

// killOthers: see killStrays.
func killOthers(time.Duration) {}

// killStrays: only Linux lets a process find what is below it.
func killStrays(time.Duration) {}
