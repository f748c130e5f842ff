package joblog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func numberedLines(what string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s %d\n", what, i)
	}
	return b.String()
}

// The last lines begin with what most likely is the reason.
func TestLastLines(t *testing.T) {
	trace := "goroutine 1 [running]:\n" + numberedLines("frame", 50)
	tests := []struct {
		name, stdout, stderr string
		want                 string // its first lines
		lines                int
	}{
		{"nothing was said", "", "", "", 0},
		{"the last of one stream", numberedLines("out", 50), "", "out 30\n", 20},
		{"standard error before standard output", numberedLines("out", 50), "no board\n", "standard error:\nno board\nstandard output:\nout 40\n", 13},
		{"both are cut", numberedLines("out", 50), numberedLines("err", 50), "standard error:\nerr 40\n", 22},
		{"a long trace begins with its panic", "", "log\npanic: no board\n\n" + trace, "panic: no board\n\ngoroutine 1 [running]:\nframe 0\nframe 1\nframe 2\nframe 3\nframe 4\n...\nframe 38\n", 21},
		{"so does a short one", "", "log\npanic: no board\n\ngoroutine 1 [running]:\nmain.main()\n", "panic: no board\n\ngoroutine 1 [running]:\nmain.main()\n", 4},
		{"the runtime's own words come before its error", "", "runtime: stack exceeds the limit\nfatal error: stack overflow\n\nruntime stack:\n" + trace, "runtime: stack exceeds the limit\nfatal error: stack overflow\n\nruntime stack:\n", 21},
		{"the last of two panics counts", "", "panic: first\n" + trace + "panic: second\n" + trace, "panic: second\n", 21},
		{"beside standard output", "fine\n", "panic: no board\n\n" + trace, "standard error:\npanic: no board\n\ngoroutine 1 [running]:\n", 14},
		{"a panic that was only told of is a line as any other", "", "panic: recovered\n" + numberedLines("err", 50), "err 30\n", 20},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := open(t, Options{})
			fmt.Fprint(l.Stdout(), tt.stdout)
			fmt.Fprint(l.Stderr(), tt.stderr)
			got := l.Tail()
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got[:min(len(tt.want), len(got))]); diff != "" {
				t.Errorf("last lines begin (-want +got):\n%s\n%s", diff, got)
			}
			if n := strings.Count(got, "\n"); n != tt.lines {
				t.Errorf("%d lines, want %d:\n%s", n, tt.lines, got)
			}
		})
	}
}
