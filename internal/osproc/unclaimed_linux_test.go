package osproc

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestUnclaimed(t *testing.T) {
	type sweep struct {
		at      time.Duration
		zombies []identity
		want    []identity
	}
	tests := []struct {
		name   string
		sweeps []sweep
	}{
		{"the first sight is too early, however late it is", []sweep{{time.Hour, []identity{{1, 1}}, nil}}},
		{"ripe after its patience", []sweep{
			{0, []identity{{1, 1}}, nil},
			{4 * time.Second, []identity{{1, 1}}, nil},
			{5 * time.Second, []identity{{1, 1}}, []identity{{1, 1}}},
		}},
		{"one that was claimed is forgotten", []sweep{
			{0, []identity{{1, 1}}, nil},
			{5 * time.Second, nil, nil},
			{6 * time.Second, []identity{{1, 1}}, nil},
		}},
		{"the same id is another process", []sweep{
			{0, []identity{{1, 1}}, nil},
			{5 * time.Second, []identity{{1, 2}}, nil},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u := unclaimed{patience: 5 * time.Second}
			for _, s := range tt.sweeps {
				got := u.ripe(time.Unix(0, 0).Add(s.at), orphans(s.zombies))
				if diff := cmp.Diff(s.want, got, cmp.AllowUnexported(identity{})); diff != "" {
					t.Errorf("ripe at %v (-want +got):\n%s", s.at, diff)
				}
			}
		})
	}
}

func orphans(ids []identity) map[identity]orphan {
	m := make(map[identity]orphan)
	for _, id := range ids {
		m[id] = orphan{identity: id}
	}
	return m
}

// In any history, one is ripe only if every sweep of the last 5 s saw it.
func TestUnclaimedInAnyHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := unclaimed{patience: 5 * time.Second}
		since := map[identity]time.Duration{} // the model: unbroken since then
		var now time.Duration
		for range rapid.IntRange(1, 20).Draw(t, "sweeps") {
			now += time.Duration(rapid.IntRange(0, 4).Draw(t, "pause")) * time.Second
			pids := rapid.SliceOfNDistinct(rapid.IntRange(1, 4), 0, 4, rapid.ID[int]).Draw(t, "zombies")
			var zombies, want []identity
			for _, pid := range pids {
				zombies = append(zombies, identity{pid: pid})
			}
			for id := range since {
				if !slices.Contains(zombies, id) {
					delete(since, id)
				}
			}
			for _, id := range zombies {
				first, known := since[id]
				if !known {
					since[id] = now
				} else if now-first >= 5*time.Second {
					want = append(want, id)
					delete(since, id)
				}
			}
			got := u.ripe(time.Unix(0, 0).Add(now), orphans(zombies))
			order := func(a, b identity) int { return a.pid - b.pid }
			slices.SortFunc(got, order)
			slices.SortFunc(want, order)
			if !slices.Equal(got, want) {
				t.Fatalf("at %v ripe %v, want %v", now, got, want)
			}
		}
	})
}
