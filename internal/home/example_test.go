package home_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/ansar-go/ansar/internal/home"
)

func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	h, err := home.Create(filepath.Join(dir, ".ansar-home"), nil)
	if err != nil {
		panic(err)
	}

	names, _ := home.Names("", "snooze", home.Numbers{Start: 1, Step: 1, Count: 3})
	var roles []home.NewRole
	for _, name := range names {
		roles = append(roles, home.NewRole{
			Role:     home.Role{Name: name, Executable: "snooze"},
			Settings: []byte(`{"value": {"seconds": 1.5}}` + "\n"),
		})
	}
	fmt.Println("add:", h.Add(roles...))
	fmt.Println("again:", h.Add(roles[1:]...))

	found, _ := h.Search(&home.Search{Words: []string{`snooze-[12]`}})
	for _, role := range found {
		fmt.Println("found:", role.Name, role.Executable)
	}
	_, err = h.Search(&home.Search{Words: []string{`snooze`}})
	fmt.Println("search:", err)

	lock, _ := h.Acquire("snooze-1") // what a component does first
	_, err = h.Acquire("snooze-1")
	fmt.Println("second start refused:", err != nil)
	lock.Release()
	fmt.Println("delete:", h.Delete("snooze-1", "snooze-2", "snooze-3"))

	// Output:
	// add: <nil>
	// again: collision(s) in new names - snooze-2, snooze-3
	// found: snooze-1 snooze
	// found: snooze-2 snooze
	// search: no matches for "snooze"
	// second start refused: true
	// delete: <nil>
}
