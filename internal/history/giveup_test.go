package history

import "testing"

// Why a role is not started again stays with its last end, whoever wrote that.
func TestGiveUp(t *testing.T) {
	h := newHome(t)
	f := Of(h, "r")
	n := must[int](t)(f.Begin(Begin{}))
	ok(t, f.End(n, Ending{How: Vanished}))
	ok(t, f.GiveUp(n, "5 restarts within 1m0s were not enough"))
	for _, how := range []string{Vanished, Signalled} { // the exact end comes late
		ok(t, f.End(n, Ending{How: how}))
		last := must[*Run](t)(f.Last())
		if last.End.How != how || last.End.Failed != "5 restarts within 1m0s were not enough" {
			t.Errorf("the end is %+v", last.End)
		}
	}
}
