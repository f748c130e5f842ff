package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/framework"
)

// mapFile is the file in the model folder of the role that says which word is
// answered with which, as members of one JSON object.
const mapFile = "word-map.json"

// loadWords reads the map. Without a home, or without the file, it is empty.
func loadWords(self *actor.Context) (map[string]string, error) {
	words := map[string]string{}
	folder := framework.Model(self)
	if folder == "" {
		self.Console("No mappings available")
		return words, nil
	}
	file := filepath.Join(folder, mapFile)
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		self.Console("No mappings available")
		return words, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &words); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	self.Console("Loaded %d mappings", len(words))
	return words, nil
}
