package cli

import (
	"testing"

	"github.com/ansar-go/ansar/internal/cli/pages"
)

// The manual in docs/ says what the commands say today.
func TestManualIsFresh(t *testing.T) {
	stale, err := pages.Stale("../../docs", manual())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range stale {
		t.Errorf("docs/%s is not what the commands say: make docs writes it", name)
	}
}
