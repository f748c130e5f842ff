package grow

import "testing"

func TestTreeHas484Processes(t *testing.T) {
	if got := count(1); got != 484 {
		t.Errorf("the tree has %d processes, want 484", got)
	}
}

// count is the number of processes of a tree whose root has the level.
func count(level int) int {
	n := 1
	for _, below := range children(level) {
		n += count(below)
	}
	return n
}
