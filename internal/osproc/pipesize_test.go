//go:build linux

package osproc_test

import "testing"

// largest remembers the longest of what is written.
type largest struct {
	*checked
	most int
}

func (l *largest) Write(b []byte) (int, error) {
	l.most = max(l.most, len(b))
	return l.checked.Write(b)
}

// A small pipe loses nothing, and gives little at once.
func TestSmallPipe(t *testing.T) {
	out := &largest{checked: newChecked()}
	spec := role("flood", "5")
	spec.Stdout, spec.PipeBytes = out, 8<<10
	p := start(t, spec)
	await(t, p.Done(), "done")
	if out.n != 5<<20 || out.most > 8<<10 {
		t.Errorf("%d bytes, at most %d at once", out.n, out.most)
	}
}
