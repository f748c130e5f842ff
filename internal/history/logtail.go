package history

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// tailOf returns the last lines of the log in a folder.
func tailOf(folder string, n int) ([]string, error) {
	file, err := os.Open(filepath.Join(folder, "log.txt"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	size := min(info.Size(), int64(n)*evidenceBytes)
	text := make([]byte, size)
	if _, err := file.ReadAt(text, info.Size()-size); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	return lines[max(0, len(lines)-n):], nil
}
