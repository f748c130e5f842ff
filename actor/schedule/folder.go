package schedule

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/google/renameio/v2"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/journal"
)

// StateFolder is the name of the folder, in that of a plan, that holds its runs.
const StateFolder = ".ansar-schedule"

// Names in the folder of a run.
const (
	planFile       = "plan.json"
	runLog         = "run.log"
	jobsFolder     = "jobs"
	cleanersFolder = "cleaners"
	guardsFolder   = "guards"
	spareFolder    = ".spare" // while it runs

	outputFolder    = "output" // of an attempt
	temporaryFolder = "tmp"
)

func absolute(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("find the folder of the plan: %w", err)
	}
	return path, nil
}

// newID gives a run an id that sorts by time and is nobody else's.
func newID(now time.Time) string {
	var unique [3]byte
	_, _ = rand.Read(unique[:]) // it never fails
	return now.Format("20060102-150405") + "-" + hex.EncodeToString(unique[:])
}

// createFolder makes the folder of the run, with its plan.
func (r *run) createFolder() error {
	if err := os.MkdirAll(filepath.Join(r.folder, jobsFolder), 0o777); err != nil {
		return fmt.Errorf("create the folder of the run: %w", err)
	}
	writer, err := journal.Create(r.folder)
	if err != nil {
		return fmt.Errorf("create the folder of the run: %w", err)
	}
	r.journal = writer
	text, err := journal.Marshal(r.plan)
	if err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	if err := os.WriteFile(filepath.Join(r.folder, planFile), append(text, '\n'), 0o666); err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	return nil
}

// link puts the link "latest" beside the folder of the run. That comes after the first
// events: what is killed before has done nothing, and the run before it is the last one.
func (r *run) link() {
	latest := filepath.Join(filepath.Dir(r.folder), "latest")
	_ = renameio.Symlink(filepath.Base(r.folder), latest) // a help for people: no run fails for want of it
}

// attemptFolder is the folder of an attempt, from that of the run.
func attemptFolder(job string, attempt uint32) string {
	return filepath.Join(jobsFolder, job, strconv.Itoa(int(attempt)))
}

// runFolder is where a run goes that was given no folder.
func runFolder(dir string, plan *schedulepb.Plan, id string) string {
	return filepath.Join(dir, StateFolder, fileName(plan.GetName()), id)
}

// fileName makes the name of a plan one of a folder.
func fileName(name string) string {
	safe := []rune(name)
	for i, r := range safe {
		if r < ' ' || r == '/' || r == '\\' || r == 0 || r == '.' && i == 0 {
			safe[i] = '_'
		}
	}
	return string(safe)
}

// furnish makes all folders that an attempt needs.
func (s *spares) furnish(attempt string) error {
	err := os.Mkdir(attempt, 0o777)
	if errors.Is(err, fs.ErrNotExist) {
		err = os.MkdirAll(attempt, 0o777)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	made := err == nil // so there is nothing in it
	for _, name := range []string{outputFolder, temporaryFolder} {
		path := filepath.Join(attempt, name)
		if made && s.take(path) {
			continue
		}
		if err := os.Mkdir(path, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}
