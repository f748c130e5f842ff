package history

import (
	"sync"
	"time"

	"github.com/ansar-go/ansar/internal/home"
)

// KeptRuns is how many runs a file keeps at least.
const KeptRuns = 1000

// File is the history of one role. It holds nothing open and needs no closing;
// its methods may be called from any goroutine.
type File struct {
	home     *home.Home
	role     string
	patience time.Duration // with another writer

	mu      sync.Mutex // guards the field below
	damaged int
}

// Of is the history of a role, which need not have one yet.
func Of(h *home.Home, role string) *File { return &File{home: h, role: role, patience: lockPatience} }

// Damaged is how many lines the last call that read the file could not
// understand, and passed over.
func (f *File) Damaged() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.damaged
}
