//go:build !linux

package framework

import "os"

// ownExecutable is the program that this process was started from.
func ownExecutable() string {
	path, _ := os.Executable() // the digest is unknown then
	return path
}
