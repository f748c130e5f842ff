//go:build !linux && !darwin

package deploy

import "syscall"

// swap has two names change places, where the system can do that.
func swap(string, string) error { return syscall.ENOSYS }
