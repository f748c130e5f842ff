package formats

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// excerpt is the beginning and the end of what an attempt has written.
type excerpt struct {
	head, tail []byte
	left       int64 // bytes between them
}

// text joins both, and says where the rest is.
func (e *excerpt) text(file string) string {
	if e.left == 0 {
		return string(e.head) + string(e.tail)
	}
	return fmt.Sprintf("%s\n... %d bytes left out, see %s ...\n%s", e.head, e.left, file, e.tail)
}

// read returns the part of a file that an output names, shortened to limit bytes.
// What is not there is empty: a report may have travelled without its logs.
func read(folder string, out *schedulepb.JobOutput, limit int64) excerpt {
	if !filepath.IsLocal(out.GetFile()) || out.GetOffset() < 0 || out.GetLength() <= 0 {
		return excerpt{}
	}
	file, err := os.OpenFile(filepath.Join(folder, out.GetFile()), os.O_RDONLY|syscall.O_NONBLOCK, 0) // to open a pipe could wait for ever
	if err != nil {
		return excerpt{}
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return excerpt{}
	}
	part := func(offset, length int64) []byte {
		text, err := io.ReadAll(io.NewSectionReader(file, out.GetOffset()+offset, length))
		if err != nil {
			return nil
		}
		return text
	}
	length := out.GetLength()
	if length <= limit {
		return excerpt{head: part(0, length)}
	}
	half := limit / 2
	return excerpt{head: part(0, half), tail: part(length-half, half), left: length - 2*half}
}
