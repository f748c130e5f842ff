package framework

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/ansar-go/ansar/internal/home"
)

const (
	longestDump = 16 << 20 // text
	keptDumps   = 5        // files of a role
)

// dumpGoroutines keeps the stacks of all goroutines of a component that does not end, and
// says where. It gives nothing where that cannot be done: it must not keep the
// process from its end.
func (p *program) dumpGoroutines() string {
	run := p.run.Load()
	if run == nil {
		return ""
	}
	folder, err := p.part.home.Folder(home.Logs, p.part.role)
	if err != nil {
		return ""
	}
	text := make([]byte, 64<<10)
	n := runtime.Stack(text, true)
	for n == len(text) && n < longestDump {
		text = make([]byte, 4*len(text))
		n = runtime.Stack(text, true)
	}
	path := dumpName(folder, run.number)
	if os.WriteFile(path, text[:n], 0o600) != nil {
		return ""
	}
	dumps, _ := filepath.Glob(filepath.Join(folder, "goroutines-*.txt")) // sorted
	for _, old := range dumps[:max(0, len(dumps)-keptDumps)] {
		_ = os.Remove(old) // the next one tries again
	}
	return path
}

// dumpName names the file for the goroutines of a run.
func dumpName(folder string, run int) string {
	return filepath.Join(folder, fmt.Sprintf("goroutines-%08d.txt", run-1))
}
