package home

import "testing"

func TestIsLeftover(t *testing.T) {
	for name, want := range map[string]bool{
		".home.json123":   true,
		".a.b.json0":      true,
		".snooze.binpb99": true,
		"a.json123":       false,
		".home.json":      false,
		".ansar-origin":   false,
		".gitignore":      false,
		".a.jsonl5":       false,
		"a.json":          false,
		".2024":           false,
		"":                false,
	} {
		if got := isLeftover(name); got != want {
			t.Errorf("%q: %v, want %v", name, got, want)
		}
	}
}
