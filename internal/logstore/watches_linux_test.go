package logstore

import (
	"syscall"
	"testing"
)

// Who cannot watch, because nothing of it is left, says what helps.
func TestNoWatchIsLeft(t *testing.T) {
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 0, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	err := func() (err error) {
		defer func() { _ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before) }() // the tests after this tell
		for _, err = range Follow(t.Context(), &Query{}, Source{Folder: t.TempDir()}) {
			break
		}
		return err
	}()
	const want = "read log: watch its files: too many open files (raise fs.inotify.max_user_instances with sysctl)"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
