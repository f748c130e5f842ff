package deploy

import "golang.org/x/sys/unix"

// swap has two names of one file system change places, at once.
func swap(a, b string) error { return unix.RenamexNp(a, b, unix.RENAME_SWAP) }
