package live

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

var styles = regexp.MustCompile("\x1b\\[[0-9;]*m")

// at is the state after events, each a second after the one before, and the time then.
func at(s *state, events ...*schedulepb.Event) (*state, time.Time) {
	now := time.Unix(1000, 0)
	for _, e := range events {
		s.apply(e, now)
		now = now.Add(time.Second)
	}
	return s, now
}

// A frame says what runs where and since when, what waits for what, and what failed.
func TestFrame(t *testing.T) {
	s, now := at(newState(nil),
		loaded(2, named("build", "blink", "wlan", "ble", "join", "later")...),
		started("build", 1, 0), finished("build", ok, ""),
		granted("blink", "board-a.0", "reference.0"), started("blink", 1, 0),
		started("wlan", 1, 1), attempted("wlan", failed, "exit status 1", "retry in 2s"),
		waiting("ble", "board-a: held by blink"),
		finished("join", blocked, "wlan failed"),
	)
	want := `bench  2/6 done  1 running  3 waiting  9.0s, about 4.0s left
[======              ]  ok 1  blocked 1
  slot 0  blink  5.0s  board-a.0, reference.0
waiting
  wlan  retry in 2s
  ble  board-a: held by blink
last failures
  blocked  join  wlan failed
  failed  wlan  exit status 1; retry in 2s  runs/1/jobs/wlan/1/log`
	got := styles.ReplaceAllString(s.frame(now, 80, 24, "about 4.0s left"), "")
	if diff := cmp.Diff(want, strings.ReplaceAll(got, "  \n", "\n")); diff != "" {
		t.Errorf("frame (-want +got):\n%s", diff)
	}
}

// What concerns the whole run stands at the top, and what is over does not.
func TestNotices(t *testing.T) {
	unit := func(c schedulepb.Condition) *schedulepb.Event {
		return &schedulepb.Event{Kind: &schedulepb.Event_ResourceCondition{ResourceCondition: &schedulepb.ResourceCondition{Unit: &schedulepb.Hold{Unit: "board-a.0"}, Condition: c}}}
	}
	pause := func(paused bool) *schedulepb.Event {
		return &schedulepb.Event{Kind: &schedulepb.Event_RunPaused{RunPaused: &schedulepb.RunPaused{Paused: paused, Why: "usb is down"}}}
	}
	interrupt := func(stage uint32) *schedulepb.Event {
		return &schedulepb.Event{Kind: &schedulepb.Event_RunInterrupt{RunInterrupt: &schedulepb.RunInterrupt{Stage: stage, Why: "ctrl-C"}}}
	}
	warning := &schedulepb.Event{Kind: &schedulepb.Event_Warning{Warning: &schedulepb.Warning{Text: "the disk is nearly full"}}}
	tests := []struct {
		name   string
		events []*schedulepb.Event
		want   string // empty: nothing
	}{
		{"a pause is told", []*schedulepb.Event{pause(true)}, "paused: usb is down"},
		{"and gone when it is over", []*schedulepb.Event{pause(true), pause(false)}, ""},
		{"an interrupt says that nothing is started", []*schedulepb.Event{interrupt(1)}, "stopping: nothing more is started (ctrl-C)"},
		{"a second one that it kills", []*schedulepb.Event{interrupt(1), interrupt(2)}, "killing what is left"},
		{"a unit that is cleaned is named", []*schedulepb.Event{unit(schedulepb.Condition_CONDITION_CLEANING)}, "board-a.0 is cleaning"},
		{"and one that is back is not", []*schedulepb.Event{unit(schedulepb.Condition_CONDITION_CLEANING), unit(schedulepb.Condition_CONDITION_IN_SERVICE)}, ""},
		{"the last warning is quoted", []*schedulepb.Event{warning, warning}, "2 warnings, the last: the disk is nearly full"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, now := at(newState(nil), append([]*schedulepb.Event{loaded(1, named("a")...)}, tt.events...)...)
			lines := strings.Split(styles.ReplaceAllString(s.frame(now, 80, 24, ""), ""), "\n")
			if got := strings.Join(lines[2:], "\n"); got != tt.want {
				t.Errorf("below the head stands %q, want %q", got, tt.want)
			}
		})
	}
}

// Whatever happens on whatever terminal, a frame fits it, and holds nothing that the
// terminal would obey but colours.
func TestFrameFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		jobs := numbered(rapid.IntRange(0, 30).Draw(t, "jobs"))
		events := []*schedulepb.Event{loaded(4, jobs...)}
		for range rapid.IntRange(0, 60).Draw(t, "events") {
			id := fmt.Sprintf("job-%d", rapid.IntRange(0, 31).Draw(t, "job"))
			text := rapid.StringOfN(rapid.Rune(), 0, 100, -1).Draw(t, "text")
			events = append(events, rapid.SampledFrom([]*schedulepb.Event{
				waiting(id, text), granted(id, text), started(id, 1, 2), attempted(id, failed, text, text), attempted(id, ok, "", ""),
				finished(id, failed, text), finished(id, ok, ""),
			}).Draw(t, "event"))
		}
		s, now := at(newState(nil), events...)
		width, height := rapid.IntRange(20, 200).Draw(t, "width"), rapid.IntRange(3, 50).Draw(t, "height")
		frame := s.frame(now, width, height, "about 1m left")
		lines := strings.Split(frame, "\n")
		if len(lines) > height {
			t.Fatalf("%d lines on %d", len(lines), height)
		}
		for _, line := range lines {
			if lipgloss.Width(line) > width {
				t.Fatalf("%d cells on %d: %q", lipgloss.Width(line), width, line)
			}
		}
		if plain := styles.ReplaceAllString(frame, ""); strings.ContainsFunc(plain, func(r rune) bool { return r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 }) {
			t.Fatalf("it holds orders to the terminal: %q", plain)
		}
		if s.done > len(s.order) || len(s.running)+s.waiting.Len()+s.done > len(s.order) {
			t.Fatalf("%d done, %d running and %d waiting of %d", s.done, len(s.running), s.waiting.Len(), len(s.order))
		}
	})
}

// The end is estimated by the run before, by the plan, or by those that have ended.
func TestLeft(t *testing.T) {
	tests := []struct {
		name   string
		before map[string]time.Duration
		events []*schedulepb.Event // a second apart
		want   time.Duration       // 0: not known
	}{
		{"nothing is known at the start", nil, []*schedulepb.Event{loaded(1, named("a", "b")...)}, 0},
		{"the run before says it", map[string]time.Duration{"a": 4 * time.Second, "b": 6 * time.Second}, []*schedulepb.Event{loaded(1, named("a", "b")...)}, 10 * time.Second},
		{"over two slots it takes half", map[string]time.Duration{"a": 5 * time.Second, "b": 5 * time.Second}, []*schedulepb.Event{loaded(2, named("a", "b")...)}, 5 * time.Second},
		{"the longest job counts", map[string]time.Duration{"a": 2 * time.Second, "b": 6 * time.Second}, []*schedulepb.Event{loaded(2, named("a", "b")...)}, 6 * time.Second},
		{"so does the longest chain", map[string]time.Duration{"a": 2 * time.Second, "b": 6 * time.Second}, []*schedulepb.Event{
			loaded(2, &schedulepb.Job{Id: "a"}, &schedulepb.Job{Id: "b", Needs: []*schedulepb.Need{{Job: "a"}}}),
		}, 8 * time.Second},
		{"what has run is taken off", map[string]time.Duration{"a": 4 * time.Second}, []*schedulepb.Event{loaded(1, named("a")...), started("a", 1, 0)}, 3 * time.Second},
		{"but no more than all of it", map[string]time.Duration{"a": time.Second}, []*schedulepb.Event{loaded(1, named("a")...), started("a", 1, 0), started("b", 1, 0), started("b", 1, 0)}, 0},
		{"what is not known takes as long as others did", nil, []*schedulepb.Event{
			loaded(1, named("a", "b", "c")...), started("a", 1, 0), attempted("a", ok, "", ""), finished("a", ok, ""),
		}, 2 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, now := at(newState(tookBefore(tt.before)), tt.events...)
			got, _ := s.left(now)
			if got != tt.want {
				t.Errorf("%v are left, want %v", got, tt.want)
			}
		})
	}
}
