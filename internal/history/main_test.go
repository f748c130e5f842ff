package history

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/ansar-go/ansar/internal/home"
)

func TestMain(m *testing.M) {
	if name := os.Getenv(partVariable); name != "" {
		playPart(name)
	}
	goleak.VerifyTestMain(m)
}

// newHome makes a home with a role r.
func newHome(t testing.TB) *home.Home {
	t.Helper()
	h, err := home.Create(filepath.Join(t.TempDir(), "home"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Add(home.NewRole{Role: home.Role{Name: "r", Executable: "noop"}}); err != nil {
		t.Fatal(err)
	}
	return h
}

func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func historyFile(h *home.Home) string { return filepath.Join(h.Dir(home.History), "r.jsonl") }
