package runner

import (
	"bytes"
	"testing"

	"github.com/ansar-go/ansar/internal/logstore"
)

// BenchmarkOutput is what a chunk of the pipe costs, 640 lines of 100 bytes.
func BenchmarkOutput(b *testing.B) {
	log, err := logstore.Open(b.TempDir(), 0)
	if err != nil {
		b.Fatal(err)
	}
	defer log.Close()
	o := &output{store: log, role: "web"}
	s := &stream{output: o, tag: tagStdout}
	chunk := bytes.Repeat(append(bytes.Repeat([]byte("x"), 99), '\n'), 640)
	b.SetBytes(int64(len(chunk)))
	b.ReportAllocs()
	for b.Loop() {
		_, _ = s.Write(chunk)
	}
}
