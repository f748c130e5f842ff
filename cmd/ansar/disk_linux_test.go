package main

import "syscall"

func mountSmall(dir, size string) error {
	return syscall.Mount("small", dir, "tmpfs", 0, "size="+size+",mode=755")
}

func unmount(dir string) error { return syscall.Unmount(dir, syscall.MNT_DETACH) }
