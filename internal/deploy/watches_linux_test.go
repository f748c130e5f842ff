package deploy

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
		err = Watch(t.Context(), nil, func() bool { return false })
		return err
	}()
	const want = "watch: couldn't initialize inotify: too many open files (raise fs.inotify.max_user_instances with sysctl)"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
