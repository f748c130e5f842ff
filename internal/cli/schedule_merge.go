package cli

import (
	"path/filepath"

	"github.com/ansar-go/ansar/internal/schedule/joblog"
)

// mergeOrders are the values of --merge.
var mergeOrders = []string{"time", "process"}

// printMerged prints all logs below a folder as one: of an attempt, with those of its
// processes, or of a whole run.
func (e *env) printMerged(folder, order string) error {
	by := joblog.ByTime
	if order == "process" {
		by = joblog.ByProcess
	}
	return joblog.Merge(printer{e}, folder, by)
}

// refuseMerge says what --merge does not go with.
func (f *jobLogFlags) refuseMerge() error {
	switch {
	case f.merge == "":
		return nil
	case f.follow:
		return eitherOr("--merge", "--follow")
	case f.path:
		return eitherOr("--merge", "--path")
	case f.stream != "":
		return eitherOr("--merge", "--stream")
	}
	return nil
}

// folderOfAttempt is where the log of an attempt is.
func folderOfAttempt(run, log string) string {
	return filepath.Dir(filepath.Join(run, filepath.FromSlash(log)))
}
