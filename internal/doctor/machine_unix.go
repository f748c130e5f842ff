package doctor

import (
	"golang.org/x/sys/unix"
)

func diskSpace(path string) (space, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(path, &fs); err != nil {
		return space{}, err
	}
	var file unix.Stat_t
	if err := unix.Stat(path, &file); err != nil {
		return space{}, err
	}
	return space{uint64(file.Dev), fs.Bavail * uint64(fs.Bsize), fs.Ffree, fs.Files > 0}, nil //nolint:unconvert // types differ from system to system
}

// shared are the limits that every system has.
func sharedLimits() []limit {
	var list []limit
	var r unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &r) == nil {
		list = append(list, limit{"open files", r.Cur, 4, 64, "raise it with ulimit -n"})
	}
	if unix.Getrlimit(unix.RLIMIT_NPROC, &r) == nil {
		list = append(list, limit{"processes and threads", r.Cur, 20, 100, "raise it with ulimit -u"})
	}
	return list
}
