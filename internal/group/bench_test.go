package group

import (
	"fmt"
	"testing"

	"github.com/ansar-go/ansar/internal/home"
)

// What ansar status looks at, of forty roles that have run and are idle.
func BenchmarkLookAtForty(b *testing.B) {
	h, err := home.Create(b.TempDir()+"/home", nil)
	if err != nil {
		b.Fatal(err)
	}
	for i := range 40 {
		name := fmt.Sprint("role-", i)
		if err := h.Add(home.NewRole{Role: home.Role{Name: name, Executable: "component"}}); err != nil {
			b.Fatal(err)
		}
		lock, err := h.Acquire(name)
		if err != nil {
			b.Fatal(err)
		}
		lock.Release()
	}
	roles, err := h.Roles()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if list, err := Look(h, roles); err != nil || len(list) != 40 {
			b.Fatal(list, err)
		}
	}
}
