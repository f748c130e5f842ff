//go:build linux

package osproc_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/osproc"
)

// tree makes a directory with one of each kind of file and goes there.
func tree(t *testing.T) (dir string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for _, d := range []string{"one", "two", "on_path", "one/folder"} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	files := []struct {
		name, text string
		mode       fs.FileMode
	}{
		{"one/both", "#!/bin/sh\n", 0o755},
		{"two/both", "#!/bin/sh\n", 0o755},
		{"one/plain", "#!/bin/sh\n", 0o644},
		{"two/half", "#!/bin/sh\n", 0o755},
		{"one/half", "#!/bin/sh\n", 0o644},
		{"on_path/tool", "#!/bin/sh\n", 0o755},
		{"script", "#!/absent/interpreter -x\n", 0o755},
		{"empty_script", "#!\n", 0o755},
		{"text", "no program\n", 0o755},
		{"foreign", loaded(t, "/absent/loader.so"), 0o755},
	}
	for _, f := range files {
		if err := os.WriteFile(f.name, []byte(f.text), f.mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("absent", "dangling"); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", "::relative:"+dir+"/on_path:.")
	return dir
}

// loaded returns an ELF program for this machine that asks for that loader.
func loaded(t *testing.T, loader string) string {
	t.Helper()
	exe, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	defer exe.Close()
	header := make([]byte, 64)
	if _, err := exe.Read(header); err != nil {
		t.Fatal(err)
	}
	const entries = 2
	put := binary.LittleEndian
	put.PutUint64(header[32:], 64)      // program headers
	put.PutUint16(header[54:], 56)      // size of one
	put.PutUint16(header[56:], entries) // how many
	name := append([]byte(loader), 0)
	at := uint64(64 + entries*56)
	note := make([]byte, 56)
	put.PutUint32(note, 4)
	interp := make([]byte, 56)
	put.PutUint32(interp, 3)
	put.PutUint64(interp[8:], at)
	put.PutUint64(interp[32:], uint64(len(name)))
	return string(bytes.Join([][]byte{header, note, interp, name}, nil))
}

// told is an error: what it says, with the directory of the test as DIR, and what it matches.
type told struct {
	Text string
	Is   []string
}

func tell(err error, dir string) *told {
	if err == nil {
		return nil
	}
	got := &told{Text: strings.ReplaceAll(err.Error(), dir, "DIR")}
	for _, kind := range []error{osproc.ErrNotFound, osproc.ErrNotExecutable, osproc.ErrNoResources, fs.ErrNotExist, fs.ErrPermission} {
		if errors.Is(err, kind) {
			got.Is = append(got.Is, kind.Error())
		}
	}
	return got
}

var (
	isNotFound      = []string{"no such file", "file does not exist"}
	isNotExecutable = []string{"not an executable file"}
	isForbidden     = []string{"not an executable file", "permission denied"}
)

func TestFind(t *testing.T) {
	dir := tree(t)
	dirs := []string{dir + "/one", "two"}
	tests := []struct {
		name string
		find string
		want string
		err  *told
	}{
		{"the first directory wins", "both", dir + "/one/both", nil},
		{"a file that may not be executed is passed over", "half", dir + "/two/half", nil},
		{"PATH comes last", "tool", dir + "/on_path/tool", nil},
		{"an absolute path stays", dir + "/two/both", dir + "/two/both", nil},
		{"a relative path becomes absolute", "./two/both", dir + "/two/both", nil},
		{"the working directory on PATH is not searched", "script", "",
			&told{"find script: no such file in DIR/one, two, PATH", []string{"no such file"}}},
		{"no name", "", "", &told{"find executable: no such file: its name is empty", []string{"no such file"}}},
		{"no such path", "./absent", "", &told{"find ./absent: no such file", isNotFound}},
		{"a path through a file", "./text/x", "", &told{"find ./text/x: no such file", []string{"no such file"}}},
		{"a dangling link", "./dangling", "", &told{"find ./dangling: no such file", isNotFound}},
		{"only a file that may not be executed", "plain", "",
			&told{"find plain: DIR/one/plain: not an executable file: it has no execute permission (chmod +x it)", isForbidden}},
		{"only a directory", "folder", "", &told{"find folder: DIR/one/folder: not an executable file: it is a directory", isForbidden}},
		{"a directory by its path", dir, "", &told{"find DIR: not an executable file: it is a directory", isForbidden}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := osproc.Find(tt.find, dirs)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.err, tell(err, dir)); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
	if diff := cmp.Diff([]string{dir + "/one", "two"}, dirs); diff != "" {
		t.Errorf("Find changed its argument (-want +got):\n%s", diff)
	}
}

func TestStartThatFails(t *testing.T) {
	dir := tree(t)
	tests := []struct {
		name string
		spec osproc.Spec
		want *told
	}{
		{"no slash", osproc.Spec{Path: "sh"}, &told{`start "sh": path has no slash: find it first`, nil}},
		{"no such file", osproc.Spec{Path: "/bin/absent"}, &told{"start /bin/absent: no such file", isNotFound}},
		{"a path through a file", osproc.Spec{Path: "./text/x"}, &told{"start ./text/x: no such file", []string{"no such file"}}},
		{"a directory", osproc.Spec{Path: "./one"}, &told{"start ./one: not an executable file: it is a directory", isForbidden}},
		{"no permission", osproc.Spec{Path: "./one/plain"},
			&told{"start ./one/plain: not an executable file: it has no execute permission (chmod +x it)", isForbidden}},
		{"no interpreter", osproc.Spec{Path: "./script"},
			&told{"start ./script: not an executable file: its interpreter #!/absent/interpreter is missing", append(isNotExecutable, "file does not exist")}},
		{"no loader", osproc.Spec{Path: "./foreign"},
			&told{"start ./foreign: not an executable file: its interpreter /absent/loader.so is missing", append(isNotExecutable, "file does not exist")}},
		{"no format", osproc.Spec{Path: "./text"},
			&told{"start ./text: not an executable file: it is neither a program for this machine nor a script that begins with #!", isNotExecutable}},
		{"an empty script", osproc.Spec{Path: "./empty_script"},
			&told{"start ./empty_script: not an executable file: it is neither a program for this machine nor a script that begins with #!", isNotExecutable}},
		{"no working directory", osproc.Spec{Path: "/bin/sh", Dir: "absent"},
			&told{"start /bin/sh: working directory absent: no such file or directory", []string{"file does not exist"}}},
		{"a file as working directory", osproc.Spec{Path: "/bin/sh", Dir: "text"},
			&told{"start /bin/sh: working directory text: not a directory", nil}},
		{"a NUL byte", osproc.Spec{Path: "/bin/sh", Args: []string{"sh", "a\x00b"}},
			&told{"start /bin/sh: invalid argument: is there a NUL byte in an argument or in the environment?", nil}},
		{"too much", osproc.Spec{Path: "/bin/sh", Args: []string{"sh", strings.Repeat("x", 4<<20)}},
			&told{"start /bin/sh: argument list too long: arguments or environment are too large: pass less", nil}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := descriptors(t)
			p, err := osproc.Start(&tt.spec)
			if err == nil {
				<-p.Done()
			}
			if diff := cmp.Diff(tt.want, tell(err, dir)); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if after := descriptors(t); after != before {
				t.Errorf("%d descriptors before, %d after", before, after)
			}
		})
	}
}

// A file that is being written cannot be executed until it is closed.
func TestStartOfFileBeingWritten(t *testing.T) {
	dir := tree(t)
	program, err := os.ReadFile(tool(t, "/bin/true"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile("written", os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(program); err != nil {
		t.Fatal(err)
	}
	_, err = osproc.Start(&osproc.Spec{Path: "./written"})
	if diff := cmp.Diff(&told{"start ./written: text file busy: it is open for writing: close it first", nil}, tell(err, dir)); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
	if !errors.Is(err, syscall.ETXTBSY) {
		t.Error("the errno is lost")
	}
	f.Close()
	p := start(t, &osproc.Spec{Path: "./written"})
	await(t, p.Done(), "done")
	if got := p.Exit(); got.Status != 0 {
		t.Error(got)
	}
}
