package formats

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/journal"
	"github.com/ansar-go/ansar/internal/schedule/replay"
)

// Names of the files in the folder of a run.
const (
	ReportFile = "report.json"
	JUnitFile  = "junit.xml"
	PageFile   = "report.html"
	TraceFile  = "trace.json"
)

// JSON writes the report as indented protobuf JSON, with the names of its fields. The same
// report gives the same bytes.
func JSON(w io.Writer, r *schedulepb.Report) error {
	line, err := journal.Marshal(r)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := json.Indent(&text, line, "", "  "); err != nil {
		return fmt.Errorf("write report as JSON: %w", err)
	}
	text.WriteByte('\n')
	_, err = w.Write(text.Bytes())
	return err
}

// ReadJSON reads what [JSON] has written.
func ReadJSON(text []byte) (*schedulepb.Report, error) {
	r := &schedulepb.Report{}
	if err := journal.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("read report: %w", err)
	}
	return r, nil
}

// Load reads the report of a run from its folder, where the journal says what
// happened even if nobody could write a report; from a file that [JSON] has written; or
// from an archive. The error of a path that does not exist matches
// [fs.ErrNotExist]. With a [*journal.DamageError] comes the report of what could be
// read.
func Load(name string) (*schedulepb.Report, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, fmt.Errorf("load report: %w", err)
	case info.IsDir():
		return loadFolder(name)
	case filepath.Ext(name) == ".zip":
		return loadArchive(name)
	case filepath.Base(name) == journal.File:
		return replay.Of(filepath.Dir(name))
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("load report: %w", err)
	}
	r, err := ReadJSON(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

// loadFolder reads the journal, or the report if only that is left.
func loadFolder(folder string) (*schedulepb.Report, error) {
	r, err := replay.Of(folder)
	if !errors.Is(err, os.ErrNotExist) {
		return r, err
	}
	text, other := os.ReadFile(filepath.Join(folder, ReportFile))
	if other != nil {
		return nil, err
	}
	return ReadJSON(text)
}

// loadArchive reads the report in an archive, which is at its top or in the one folder there.
func loadArchive(name string) (*schedulepb.Report, error) {
	archive, err := zip.OpenReader(name)
	if err != nil {
		return nil, fmt.Errorf("load report: %s: %w", name, err)
	}
	defer archive.Close()
	for _, f := range archive.File {
		if path.Base(f.Name) != ReportFile || len(path.Dir(f.Name)) > 1 && path.Dir(path.Dir(f.Name)) != "." {
			continue
		}
		file, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("load report: %s: %w", name, err)
		}
		defer file.Close()
		text, err := io.ReadAll(file)
		if err != nil {
			return nil, fmt.Errorf("load report: %s: %s: %w", name, f.Name, err)
		}
		return ReadJSON(text)
	}
	return nil, fmt.Errorf("load report: %s: no %s in it: is it the archive of a run?", name, ReportFile)
}
