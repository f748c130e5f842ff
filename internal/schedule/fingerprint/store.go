package fingerprint

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Store keeps what is known of the last good run of each job. Several may use one
// folder at a time: the last write of a job counts.
type Store struct {
	// Folder holds a file for each job. It is made at the first Save.
	Folder string
}

// Stored is the last good run of a job.
type Stored struct {
	Key    string
	Status schedulepb.Status
	Value  *schedulepb.Value // nil: it returned none

	Artefacts []*schedulepb.ArtefactReady // that it announced
}

// record is the form of a file.
type record struct {
	Job      string          `json:"job"`
	Key      string          `json:"key"`
	Status   string          `json:"status"`
	Value    json.RawMessage `json:"value,omitempty"`
	Said     json.RawMessage `json:"artefacts,omitempty"`
	Checksum string          `json:"checksum"` // of all of the above
}

// Load gives what is stored of the job, or nil if there is nothing that can be
// trusted: no file, a damaged one, one of another job, or one of the outputs that
// the fingerprint names, or the file of the value, is missing. dir is where the outputs are looked for.
func (s Store) Load(job *schedulepb.Job, dir string) *Stored {
	text, err := os.ReadFile(s.file(job.GetId()))
	if err != nil {
		return nil
	}
	var r record
	if json.Unmarshal(text, &r) != nil || r.Checksum != r.sum() || r.Job != job.GetId() {
		return nil
	}
	status, ok := schedulepb.StatusNamed(r.Status)
	if !ok {
		return nil
	}
	stored := &Stored{Key: r.Key, Status: status}
	if len(r.Value) > 0 {
		stored.Value = new(schedulepb.Value)
		if protojson.Unmarshal(r.Value, stored.Value) != nil {
			return nil
		}
	}
	if len(r.Said) > 0 && json.Unmarshal(r.Said, &stored.Artefacts) != nil {
		return nil
	}
	if file := stored.Value.GetFile(); file != "" {
		if _, err := os.Stat(file); err != nil {
			return nil
		}
	}
	for _, output := range job.GetFingerprint().GetOutputs() {
		if found, err := find(context.Background(), dir, output); err != nil || len(found) == 0 {
			return nil
		}
	}
	return stored
}

// Save replaces what is stored of the job.
func (s Store) Save(job string, stored *Stored) error {
	r := record{Job: job, Key: stored.Key, Status: stored.Status.Name()}
	if stored.Value != nil {
		text, err := protojson.Marshal(stored.Value)
		if err != nil {
			return fmt.Errorf("store the fingerprint of %s: %w", job, err)
		}
		r.Value = compact(text)
	}
	if len(stored.Artefacts) > 0 {
		text, err := json.Marshal(stored.Artefacts)
		if err != nil {
			return fmt.Errorf("store the fingerprint of %s: %w", job, err)
		}
		r.Said = text
	}
	r.Checksum = r.sum()
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("store the fingerprint of %s: %w", job, err)
	}
	if err := os.MkdirAll(s.Folder, 0o777); err != nil {
		return fmt.Errorf("store the fingerprint of %s: %w", job, err)
	}
	if err := renameio.WriteFile(s.file(job), append(text, '\n'), 0o666); err != nil {
		return fmt.Errorf("store the fingerprint of %s: %w", job, err)
	}
	return nil
}

// Drop forgets the job, before it is run. What is not there is no error.
func (s Store) Drop(job string) error {
	if err := os.Remove(s.file(job)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("drop the fingerprint of %s: %w", job, err)
	}
	return nil
}

func (s Store) file(job string) string { return filepath.Join(s.Folder, job+".json") }

func (r record) sum() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %s %s", r.Job, r.Key, r.Status, r.Value, r.Said)
	return hex.EncodeToString(h.Sum(nil))
}

// compact takes out the spaces that protojson puts in at random.
func compact(text []byte) json.RawMessage {
	var any json.RawMessage
	if json.Unmarshal(text, &any) != nil {
		return text
	}
	out, err := json.Marshal(any)
	if err != nil {
		return text
	}
	return out
}
