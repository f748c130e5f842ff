package history

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/internal/home"
)

// digestNote is what schema/<executable>.digest says: the digest of a file as it
// was seen. It is valid for a file that looks the same.
type digestNote struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	MTime  int64  `json:"mtime"` // nanoseconds since 1970
	Inode  uint64 `json:"inode"`
	Digest string `json:"digest"`
}

// digestPatience is how long a process waits for another that reads the same
// program, before it does so itself.
const digestPatience = time.Second

// Digest is the digest of the program at path, which is an executable of the
// home: sha256:, and 64 hexadecimal digits. It is noted in the home by what the
// file looks like: to look up a program that was not changed takes no longer than
// to read a small file. A new one is read and noted by one of those that ask at
// the same time; the others wait for it.
func Digest(h *home.Home, executable, path string) (string, error) {
	note, err := look(path)
	if err != nil {
		return "", fmt.Errorf("digest of %q: %w", executable, err)
	}
	file := filepath.Join(h.Dir(home.Schema), executable+".digest")
	if note.known(file) {
		return note.Digest, nil
	}
	if lock, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600); err == nil && waitLock(lock, digestPatience) == nil {
		defer (&writer{file: lock}).close()
		if note.known(file) {
			return note.Digest, nil
		}
	}
	if note.Digest, err = digest(path); err != nil {
		return "", fmt.Errorf("digest of %q: %w", executable, err)
	}
	// Who reads it half written finds no JSON, and begins anew.
	if text, err := json.Marshal(note); err == nil {
		_ = os.WriteFile(file, append(text, '\n'), 0o600) // it only saves time
	}
	return note.Digest, nil
}

// known looks the digest up.
func (n *digestNote) known(file string) bool {
	text, err := os.ReadFile(file)
	var known digestNote
	if err != nil || json.Unmarshal(text, &known) != nil || known.Digest == "" {
		return false
	}
	n.Digest = known.Digest
	return known == *n
}

// look says what the file looks like, and what it is really called.
func look(path string) (digestNote, error) {
	info, err := os.Stat(path)
	if err != nil {
		return digestNote{}, err
	}
	if name, err := filepath.EvalSymlinks(path); err == nil { // not so for a running program whose file was replaced
		path = name
	}
	note := digestNote{Path: path, Size: info.Size(), MTime: info.ModTime().UnixNano()}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		note.Inode = stat.Ino
	}
	return note, nil
}

func digest(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", err
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil)), nil
}
