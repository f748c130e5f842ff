//go:build linux && !riscv64 && !loong64

package main

import "golang.org/x/sys/unix"

// Later architectures have renameat2 alone.
func init() { renames = append(renames, unix.SYS_RENAMEAT) }
