package deploy

import "golang.org/x/sys/unix"

// swap has two names of one file system change places, at once.
func swap(a, b string) error {
	return unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE)
}
