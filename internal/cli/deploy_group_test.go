package cli

import (
	"path/filepath"
	"testing"

	"github.com/ansar-go/ansar/internal/home"
)

// What another command has changed while a deployment waited for the role is how
// it is started again.
func TestDeploymentStartsRolesAsTheyAre(t *testing.T) {
	h, err := home.Create(filepath.Join(t.TempDir(), "home"), nil)
	if err == nil {
		err = h.Add(home.NewRole{Role: home.Role{Name: "a", Executable: "x"}})
	}
	if err != nil {
		t.Fatal(err)
	}
	roles, err := h.Roles()
	if err != nil {
		t.Fatal(err)
	}
	g := (&env{command: "deploy"}).newDeployGroup(h, roles, 0, 0)
	if err := h.SetProperty("storage", []byte(`"100000"`), "a"); err != nil {
		t.Fatal(err)
	}
	release, err := g.Reserve(t.Context(), []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if got := string(g.named([]string{"a"})[0].Properties["storage"]); got != `"100000"` {
		t.Errorf("storage is %q", got)
	}
}
