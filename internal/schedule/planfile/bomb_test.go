//go:build !race

package planfile_test

import (
	"strings"
	"testing"

	"github.com/ansar-go/ansar/internal/schedule/planfile"
)

// Aliases cannot fill the memory. A million values take long with the race detector, and
// one goroutine reads them.
func TestAliasBomb(t *testing.T) {
	text := "jobs: [{call: {input: {\n" + strings.ReplaceAll(strings.TrimSpace(bomb("a", "[", "]")), "\n", ",\n") + "}}}]\n"
	_, err := planfile.Parse("plan.yaml", []byte(text))
	if err == nil || !strings.Contains(err.Error(), "aliases stand for more than 1000000 values: write fewer") {
		t.Errorf("got the error %v", err)
	}
}
