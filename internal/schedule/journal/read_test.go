package journal

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// journalOf writes a journal of these lines as they are.
func journalOf(t testing.TB, text string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, File), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

// lines are those events as they stand in a journal.
func lines(t testing.TB, events ...*schedulepb.Event) string {
	t.Helper()
	var b strings.Builder
	for _, e := range events {
		line, err := AppendEvent(nil, e)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(line)
		b.WriteByte('\n')
	}
	return b.String()
}

// Wherever a journal is cut off, all whole lines can be read, and it is no error.
func TestReadsWhatIsThereOfATornJournal(t *testing.T) {
	text := lines(t, loaded(1), output(2), output(3))
	for size := range len(text) + 1 {
		want := upTo(1, uint64(strings.Count(text[:size], "\n")))
		if diff := cmp.Diff(want, sequences(t, journalOf(t, text[:size]))); diff != "" {
			t.Fatalf("cut at byte %d of %d: events (-want +got):\n%s", size, len(text), diff)
		}
	}
}

func TestDamage(t *testing.T) {
	one, two, three := lines(t, loaded(1)), lines(t, output(2)), lines(t, output(3))
	tests := []struct {
		name string
		text string
		read int // events
		line int // of the damage, 0: none
		say  string
	}{
		{"no line at all", "", 0, 0, ""},
		{"zeros at the end, as after a power cut", one + two + strings.Repeat("\x00", 4096), 2, 0, ""},
		{"half a line", one + two[:20] + "\n" + three, 1, 2, "invalid character"},
		{"an empty line", one + "\n" + two, 1, 2, "unexpected token"},
		{"zeros in the middle", one + strings.Repeat("\x00", 100) + "\n" + two, 1, 2, "invalid"},
		{"a line that is missing", one + three, 1, 2, "event 3 follows event 1"},
		{"a line that comes twice", one + two + two + three, 2, 3, "event 2 follows event 2"},
		{"another file", "PK\x03\x04 something\n", 0, 1, "invalid"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			folder, read := journalOf(t, tt.text), 0
			var failed error
			for _, err := range Read(folder) {
				if err == nil {
					read++
				}
				failed = err
			}
			var damage *DamageError
			switch {
			case read != tt.read:
				t.Errorf("read %d events, want %d", read, tt.read)
			case tt.line == 0 && failed != nil:
				t.Errorf("error %v, want none", failed)
			case tt.line == 0:
			case !errors.As(failed, &damage) || damage.Line != tt.line || damage.File != filepath.Join(folder, File) || !strings.Contains(failed.Error(), tt.say):
				t.Errorf("error %v, want damage of line %d that says %q", failed, tt.line, tt.say)
			}
		})
	}
}

func TestReadWithoutJournal(t *testing.T) {
	for e, err := range Read(t.TempDir()) {
		if e != nil || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("got %v, %v, want an error that matches fs.ErrNotExist", e, err)
		}
	}
}

// A journal of any size is read with the memory for one event, however long that is.
func TestReadHoldsOneEvent(t *testing.T) {
	folder := t.TempDir()
	w := create(t, folder)
	const events, size = 300, 100_000
	for n := uint64(1); n <= events; n++ {
		e := output(n)
		e.Kind = &schedulepb.Event_JobMessage{JobMessage: &schedulepb.JobMessage{Payload: strings.Repeat("x", size)}}
		appendAll(t, w, e)
	}
	var most uint64
	read := 0
	for e, err := range Read(folder) {
		if err != nil || len(e.GetJobMessage().GetPayload()) != size {
			t.Fatalf("event %d: %v", read, err)
		}
		if read++; read%50 == 0 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}
	if read != events || most > 16<<20 {
		t.Errorf("read %d events of %d with %d bytes of memory", read, events, most)
	}
}
