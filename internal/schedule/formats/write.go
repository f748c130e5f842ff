package formats

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"

	"github.com/google/renameio/v2"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// WriteAll writes report.json, junit.xml, report.html and trace.json into the folder of
// the run, all at the same time. Each is replaced as a whole or stays as it was; one that
// cannot be written does not keep the others from it. It blocks until the disk has them.
func WriteAll(folder string, r *schedulepb.Report) error {
	junit := &JUnitOptions{Folder: folder}
	files := []struct {
		name  string
		write func(io.Writer) error
	}{
		{ReportFile, func(w io.Writer) error { return JSON(w, r) }},
		{JUnitFile, func(w io.Writer) error { return JUnit(w, r, junit) }},
		{PageFile, func(w io.Writer) error { return HTML(w, r) }},
		{TraceFile, func(w io.Writer) error { return Trace(w, r) }},
	}
	errs := make([]error, len(files))
	var writing sync.WaitGroup
	for i, f := range files {
		writing.Go(func() { errs[i] = replace(filepath.Join(folder, f.name), f.write) })
	}
	writing.Wait()
	return errors.Join(errs...)
}

// replace writes a file beside the one at path, and then puts it there.
func replace(path string, write func(io.Writer) error) error {
	file, err := renameio.NewPendingFile(path, renameio.WithPermissions(0o644), renameio.WithTempDir(filepath.Dir(path)))
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() { _ = file.Cleanup() }() // after CloseAtomicallyReplace it does nothing
	buffered := bufio.NewWriterSize(file, 64<<10)
	err = write(buffered)
	if err == nil {
		err = buffered.Flush()
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := file.CloseAtomicallyReplace(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
