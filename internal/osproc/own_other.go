//go:build !linux

package osproc

import "time"

// OwnMain does nothing on this system: no process can adopt descendants here,
// and no signal follows the death of a parent.
func OwnMain() {}

// KillAdopted returns 0 on this system: nothing is ever adopted.
func KillAdopted(limit time.Duration) int { return 0 }
