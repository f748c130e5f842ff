package deploy

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/ansar-go/ansar/internal/home"
)

// journalName is the file of the tmp area that names the roles which the
// deployment under way has stopped. No role has a name that begins with a dot.
const journalName = ownPrefix + "stopped"

func journalPath(h *home.Home) string { return filepath.Join(h.Dir(home.Tmp), journalName) }

// readJournal returns the roles that a deployment has stopped that was killed,
// and that still exist.
func readJournal(h *home.Home) ([]Member, error) {
	data, err := os.ReadFile(journalPath(h))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, cannot("read", journalPath(h), err)
	}
	var members []Member
	if json.Unmarshal(data, &members) != nil {
		return nil, nil // it is written as a whole: this one somebody else wrote
	}
	return slices.DeleteFunc(members, func(m Member) bool {
		_, err := h.Role(m.Role)
		return err != nil
	}), nil
}

func writeJournal(h *home.Home, members []Member) error {
	data, err := json.Marshal(members)
	if err != nil {
		return err
	}
	return writeFile(journalPath(h), data, time.Time{})
}

func removeJournal(h *home.Home) error {
	if err := os.Remove(journalPath(h)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return cannot("remove", journalPath(h), err)
	}
	return nil
}
