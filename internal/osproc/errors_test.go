package osproc

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What no test can bring about safely, or only as another user, is explained
// from the errno alone.
func TestExplain(t *testing.T) {
	script := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(script, []byte("#!/bin/tool\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		path  string
		errno syscall.Errno
		is    error
		text  string
	}{
		{"no process is to be had", program, syscall.EAGAIN, ErrNoResources,
			"out of resources: too many processes: end some, raise ulimit -u, or try again later: resource temporarily unavailable"},
		{"no memory", program, syscall.ENOMEM, ErrNoResources, "out of resources: cannot allocate memory: try again later"},
		{"no descriptor in this process", program, syscall.EMFILE, ErrNoResources,
			"out of resources: too many open files: close some, raise ulimit -n, or try again later"},
		{"no descriptor in the system", program, syscall.ENFILE, ErrNoResources, "out of resources: too many open files in system: try again later"},
		{"a script that is refused", script, syscall.EACCES, ErrNotExecutable,
			"not an executable file: this user may not execute it, or its interpreter #!/bin/tool"},
		{"a file system that refuses", program, syscall.EPERM, ErrNotExecutable,
			"not an executable file: this user may not execute it, or its file system forbids it"},
		{"anything else keeps its text", program, syscall.EIO, syscall.EIO, "input/output error"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := explain(tt.path, "", tt.errno, tt.errno)
			if diff := cmp.Diff(tt.text, err.Error()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			if !errors.Is(err, tt.is) || !errors.Is(err, tt.errno) {
				t.Errorf("%v does not match %v and its errno", err, tt.is)
			}
		})
	}
}
