package formats

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

func TestExcerpt(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "run")
	if err := errors.Join(
		os.Mkdir(folder, 0o755), os.WriteFile(filepath.Join(folder, "log"), []byte("0123456789"), 0o600),
		os.WriteFile(filepath.Join(folder, "..", "secret"), []byte("not of the run"), 0o600), syscall.Mkfifo(filepath.Join(folder, "pipe"), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		out  *schedulepb.JobOutput
		want string
	}{
		{"all of a short one", &schedulepb.JobOutput{File: "log", Length: 4}, "0123"},
		{"a part of a file", &schedulepb.JobOutput{File: "log", Offset: 3, Length: 4}, "3456"},
		{"both ends of a long one", &schedulepb.JobOutput{File: "log", Length: 10}, "01\n... 6 bytes left out, see log ...\n89"},
		{"a file that is shorter by now", &schedulepb.JobOutput{File: "log", Offset: 8, Length: 4}, "89"},
		{"a file that is gone", &schedulepb.JobOutput{File: "gone", Length: 4}, ""},
		{"a file out of the folder", &schedulepb.JobOutput{File: "../secret", Length: 4}, ""},
		{"a pipe", &schedulepb.JobOutput{File: "pipe", Length: 4}, ""},
		{"a folder", &schedulepb.JobOutput{File: ".", Length: 4}, ""},
		{"a length that is none", &schedulepb.JobOutput{File: "log", Offset: -5, Length: -1}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := read(folder, tt.out, 4)
			if got := e.text(tt.out.File); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func BenchmarkWriteAll(b *testing.B) {
	folder, r := b.TempDir(), large(10_000, 16)
	for b.Loop() {
		if err := WriteAll(folder, r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTable(b *testing.B) {
	r := large(10_000, 16)
	for b.Loop() {
		if err := Table(&strings.Builder{}, r, nil); err != nil {
			b.Fatal(err)
		}
	}
}
