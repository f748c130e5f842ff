package schedule

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// odd is what is hard to keep and to show: no UTF-8, controls. It is whole lines, as it
// is by lines that what a worker prints is told from what it has printed before.
const odd = "plain\n\x00\x1b[31m\xff\xfe]]>\n\u202e\nlast\n"

// printer prints what is odd, and before that so many lines of a KiB as its input has bytes.
var printer = actor.Define("printer", func(self *actor.Context, _ none, in *wrapperspb.StringValue) (proto.Message, error) {
	line := bytes.Repeat([]byte("x"), 1023)
	for range len(in.GetValue()) {
		if _, err := os.Stdout.Write(append(line, '\n')); err != nil {
			return nil, err
		}
	}
	_, err := os.Stdout.WriteString(odd)
	return wrapperspb.String("done"), err
})

// printed is what a job has printed, by the part of the file that the report names.
func printed(t *testing.T, r *schedulepb.Report, id string) string {
	t.Helper()
	attempts := jobOf(t, r, id).GetAttempts()
	for _, o := range attempts[len(attempts)-1].GetOutputs() {
		if o.GetStream() == "stdout" {
			text, err := os.ReadFile(filepath.Join(r.GetFolder(), o.GetFile()))
			if err != nil {
				t.Fatal(err)
			}
			return string(text[o.GetOffset() : o.GetOffset()+o.GetLength()])
		}
	}
	return ""
}

// All that a call prints is kept, however much it is.
func TestEC9Isolations(t *testing.T) {
	killable(t, func(t *testing.T, isolation schedulepb.Isolation) {
		const lines = 8 << 10
		much := calls(printer, "much", func(j *schedulepb.Job) {
			j.GetCall().InputMessage = pack(wrapperspb.String(strings.Repeat("x", lines)))
		})
		r := runs(t, plan(much), &Options{Isolation: isolation})
		ends(t, r, map[string]string{"much": "ok"})
		want := strings.Repeat(strings.Repeat("x", 1023)+"\n", lines) + odd
		if got := printed(t, r, "much"); got != want {
			t.Errorf("%d bytes are kept, want %d", len(got), len(want))
		}
	})
}

// The bytes that a call prints are kept, one job after the other.
func TestEC20Isolations(t *testing.T) {
	killable(t, func(t *testing.T, isolation schedulepb.Isolation) {
		r := runs(t, plan(calls(printer, "a"), calls(printer, "b"), calls(printer, "c")), &Options{Isolation: isolation, Slots: 2})
		ends(t, r, map[string]string{"a": "ok", "b": "ok", "c": "ok"})
		for _, id := range []string{"a", "b", "c"} {
			if got := printed(t, r, id); got != odd {
				t.Errorf("%s has printed %q, want %q", id, got, odd)
			}
		}
	})
}
