package link

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// family is the tree 1 (1.1 (1.1.1), 1.2) with its links.
type family struct {
	root, middle, leaf, other *node
	toMiddle, toLeaf, toOther *joint
}

func newFamily(t *testing.T) *family {
	f := &family{root: newNode("1", nil), middle: newNode("1.1", nil), leaf: newNode("1.1.1", nil), other: newNode("1.2", nil)}
	f.toMiddle, f.toLeaf, f.toOther = join(t, f.root, f.middle), join(t, f.middle, f.leaf), join(t, f.root, f.other)
	return f
}

// Each watch has one answer, whatever ends.
func TestWatch(t *testing.T) {
	tests := []struct {
		name string
		do   func(f *family)
		want []ended // at the object w of 1.2, which watches t of 1.1.1
	}{
		{"nothing ended", func(*family) {}, nil},
		{"the object ended", func(f *family) {
			f.leaf.router.Terminated(f.other.pid("w"), f.leaf.pid("t"), ReasonEnded)
			f.leaf.router.Terminated(f.other.pid("w"), f.leaf.pid("t"), ReasonEnded)
		}, []ended{{PID{"1.2", "w"}, PID{"1.1.1", "t"}, ReasonEnded}}},
		{"there was no such object", func(f *family) {
			f.leaf.router.Terminated(f.other.pid("w"), f.leaf.pid("t"), ReasonNotFound)
		}, []ended{{PID{"1.2", "w"}, PID{"1.1.1", "t"}, ReasonNotFound}}},
		{"another object ended", func(f *family) {
			f.leaf.router.Terminated(f.other.pid("w"), f.leaf.pid("u"), ReasonEnded)
		}, nil},
		{"the process died", func(f *family) { f.leaf.router.Close() },
			[]ended{{PID{"1.2", "w"}, PID{"1.1.1", "t"}, ReasonProcessGone}}},
		{"a process on the way died", func(f *family) { f.middle.router.Close() },
			[]ended{{PID{"1.2", "w"}, PID{"1.1.1", "t"}, ReasonProcessGone}}},
		{"the root died", func(f *family) { f.root.router.Close() },
			[]ended{{PID{"1.2", "w"}, PID{"1.1.1", "t"}, ReasonProcessGone}}},
		{"the object and its process ended", func(f *family) {
			f.leaf.router.Terminated(f.other.pid("w"), f.leaf.pid("t"), ReasonEnded)
			synctest.Wait()
			f.leaf.router.Close()
		}, []ended{{PID{"1.2", "w"}, PID{"1.1.1", "t"}, ReasonEnded}}},
		{"the watch was taken back", func(f *family) {
			f.other.router.Unwatch(f.leaf.pid("t"), f.other.pid("w"))
			f.leaf.router.Close()
		}, nil},
		{"it watched again", func(f *family) {
			f.other.router.Watch(f.leaf.pid("t"), f.other.pid("w"))
			f.leaf.router.Terminated(f.other.pid("w"), f.leaf.pid("t"), ReasonEnded)
		}, []ended{{PID{"1.2", "w"}, PID{"1.1.1", "t"}, ReasonEnded}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFamily(t)
				f.other.router.Watch(f.leaf.pid("t"), f.other.pid("w"))
				synctest.Wait()
				if diff := cmp.Diff([]watch{{PID{"1.1.1", "t"}, PID{"1.2", "w"}}}, f.leaf.watched, cmp.AllowUnexported(watch{})); diff != "" {
					t.Errorf("watches at the target (-want +got):\n%s", diff)
				}
				tt.do(f)
				synctest.Wait()
				if diff := cmp.Diff(tt.want, f.other.terminated, cmp.AllowUnexported(ended{})); diff != "" {
					t.Errorf("answers (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// What nobody asked for, or not any more, is not handed over.
func TestTerminatedUnasked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFamily(t)
		f.other.router.Watch(f.leaf.pid("t"), f.other.pid("w"))
		synctest.Wait()
		f.other.router.watches.remove(f.other.router.watches.ours, watch{f.leaf.pid("t"), f.other.pid("w")})
		f.leaf.router.Terminated(f.other.pid("w"), f.leaf.pid("t"), ReasonEnded)
		synctest.Wait()
		if len(f.other.terminated) != 0 {
			t.Errorf("the watcher was told %v", f.other.terminated)
		}
	})
}

// A process learns that remote watchers of its objects are gone.
func TestWatcherIsLost(t *testing.T) {
	tests := []struct {
		name string
		do   func(f *family)
	}{
		{"because it took the watch back", func(f *family) { f.other.router.Unwatch(f.leaf.pid("t"), f.other.pid("w")) }},
		{"because its process died", func(f *family) { f.other.router.Close() }},
		{"because the root died", func(f *family) { f.root.router.Close() }},
		{"because the parent died", func(f *family) { f.middle.router.Close() }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFamily(t)
				f.other.router.Watch(f.leaf.pid("t"), f.other.pid("w"))
				synctest.Wait()
				tt.do(f)
				synctest.Wait()
				want := []watch{{PID{"1.1.1", "t"}, PID{"1.2", "w"}}}
				if diff := cmp.Diff(want, f.leaf.unwatched, cmp.AllowUnexported(watch{})); diff != "" {
					t.Errorf("taken back (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// A process that cannot be reached is an answer at once, and Send says so.
func TestNoRoute(t *testing.T) {
	f := newFamily(t)
	tests := []struct {
		name string
		from *node
		to   PID
	}{
		{"an address that is empty", f.leaf, PID{"", "t"}},
		{"a child that never was", f.leaf, PID{"1.1.1.5", "t"}},
		{"another root", f.root, PID{"2", "t"}},
		{"an address with the same beginning", f.root, PID{"1.11", "t"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.from.router.Send(context.Background(), tt.to, PID{}, payloadOf(1)); !isNoRoute(err) {
				t.Errorf("Send returned %v, want %v", err, ErrNoRoute)
			}
			if err := tt.from.router.TrySend(tt.to, PID{}, payloadOf(1)); !isNoRoute(err) {
				t.Errorf("TrySend returned %v, want %v", err, ErrNoRoute)
			}
			before := len(tt.from.terminated)
			tt.from.router.Watch(tt.to, tt.from.pid("w"))
			want := []ended{{tt.from.pid("w"), tt.to, ReasonProcessGone}}
			if diff := cmp.Diff(want, tt.from.terminated[before:], cmp.AllowUnexported(ended{})); diff != "" {
				t.Errorf("answers (-want +got):\n%s", diff)
			}
		})
	}
}

// A watch of a process that is gone is answered by who knows that, far away.
func TestWatchOfTheGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFamily(t)
		f.leaf.router.Close()
		synctest.Wait()
		f.other.router.Watch(PID{"1.1.1", "t"}, f.other.pid("w"))
		synctest.Wait()
		want := []ended{{PID{"1.2", "w"}, PID{"1.1.1", "t"}, ReasonProcessGone}}
		if diff := cmp.Diff(want, f.other.terminated, cmp.AllowUnexported(ended{})); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
	})
}

// Objects of one process need no link to watch and to send.
func TestSameProcess(t *testing.T) {
	n := newNode("1", nil)
	n.router.Watch(n.pid("t"), n.pid("w"))
	n.router.Terminated(n.pid("w"), n.pid("t"), ReasonEnded)
	n.router.Unwatch(n.pid("t"), n.pid("w"))
	if err := n.router.Send(context.Background(), n.pid("t"), n.pid("s"), payloadOf(1)); err != nil {
		t.Fatal(err)
	}
	if len(n.watched) != 1 || len(n.terminated) != 1 || len(n.unwatched) != 1 || len(n.messages) != 1 {
		t.Errorf("came: %d watches, %d ends, %d taken back, %d messages; want 1 each",
			len(n.watched), len(n.terminated), len(n.unwatched), len(n.messages))
	}
}

func TestAreaContains(t *testing.T) {
	tests := []struct {
		name    string
		area    area
		address string
		want    bool
	}{
		{"itself", area{"1.2", false}, "1.2", true},
		{"a child", area{"1.2", false}, "1.2.3", true},
		{"a sibling with the same beginning", area{"1.2", false}, "1.23", false},
		{"the parent", area{"1.2", false}, "1", false},
		{"outside of itself", area{"1.2", true}, "1.2", false},
		{"outside: the parent", area{"1.2", true}, "1", true},
		{"outside of nobody: all", area{"", true}, "1", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.area.contains(tt.address); got != tt.want {
				t.Errorf("%+v contains %q: %v, want %v", tt.area, tt.address, got, tt.want)
			}
		})
	}
}
