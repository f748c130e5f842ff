package report_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/report"
)

func TestLocate(t *testing.T) {
	tests := []struct {
		name  string
		files []string
		want  string // below the folder; empty: the base name
	}{
		{"nowhere", []string{"client/other.go"}, ""},
		{"the only one", []string{"x/y/client.go"}, "x/y/client.go"},
		{"the one that ends as the compiler knew it", []string{"a/client.go", "app/client/client.go", "client/client.go"}, "app/client/client.go"},
		{"the one that is least deep", []string{"a/b/client.go", "z/client.go"}, "z/client.go"},
		{"the first of equals", []string{"b/client.go", "a/client.go"}, "a/client.go"},
		{"none of a hidden folder", []string{".git/app/client/client.go", "client.go"}, "client.go"},
		{"no folder of that name", []string{"client.go/x"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, file := range tt.files {
				path := filepath.Join(dir, file)
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			t.Chdir(dir)
			s := report.Collect([]report.Ending{reported("client-0", tested(1, false, "a"))})
			if err := s.Locate("."); err != nil {
				t.Fatal(err)
			}
			want := "client.go"
			if tt.want != "" {
				want = filepath.Join(dir, tt.want)
			}
			if diff := cmp.Diff(want, s.Roles[0].Report.GetTested()[0].GetSource()); diff != "" {
				t.Errorf("source (-want +got):\n%s", diff)
			}
		})
	}
}

// Without a folder, the path that the compiler knew is good enough, where there
// is such a file.
func TestLocateByItself(t *testing.T) {
	here := filepath.Join(t.TempDir(), "client.go")
	if err := os.WriteFile(here, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ path, want string }{
		{here, here},
		{filepath.Dir(here), "client.go"},
		{"/absent/client.go", "client.go"},
		{"example.com/app/client.go", "client.go"},
		{"", "client.go"},
	} {
		test := tested(1, false, "a")
		test.Path = tt.path
		s := report.Collect([]report.Ending{reported("client-0", test)})
		if err := s.Locate(""); err != nil {
			t.Fatal(err)
		}
		if got := s.Roles[0].Report.GetTested()[0].GetSource(); got != tt.want {
			t.Errorf("%q is located at %q, want %q", tt.path, got, tt.want)
		}
	}
}

func TestLocateInNoFolder(t *testing.T) {
	s := report.Collect([]report.Ending{reported("client-0", tested(1, false, "a"))})
	if err := s.Locate("absent"); err == nil {
		t.Error("no error")
	}
	if err := report.Collect(nil).Locate("absent"); err != nil {
		t.Errorf("nothing to locate: %v", err)
	}
}
