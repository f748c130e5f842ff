package joblog

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/ansar-go/ansar/actor"
)

// A log can be read line by line, each with what it is and how serious it is.
func TestEntries(t *testing.T) {
	at := time.Date(2026, 3, 14, 15, 9, 26, 535, time.UTC)
	stamp := at.Format(stampFormat)
	var log []byte
	log = appendLine(log, at, markLink, "Log of build (12), started by run 1")
	log = appendLine(log, at, markStdout, "a <line> - of it")
	log = append(appendShown(appendHead(log, at, markStderr, true), "half a line"), '\n')
	log = appendLine(log, at, markNote, "an event is no JSON")
	log = appendRecord(log, &actor.LogRecord{Time: timestamppb.New(at), Tag: "!", Id: "00000008", Name: "blink", State: "RUNNING", Text: "no board > - <"})
	log = append(log, "torn\n\n"...)
	log = append(log, stamp+" 1 "+strings.Repeat("x", 300<<10)+"\n"...) // longer than any that is written
	log = append(log, stamp+" 2 the last, without an end"...)

	all := []*Entry{
		{Time: stamp, Stream: "link", Level: "OBJECT", Text: "Log of build (12), started by run 1"},
		{Time: stamp, Stream: "stdout", Level: "CONSOLE", Text: "a <line> - of it"},
		{Time: stamp, Stream: "stderr", Level: "WARNING", Text: "half a line", More: true},
		{Time: stamp, Stream: "note", Level: "CONSOLE", Text: "an event is no JSON"},
		{Time: stamp, Stream: "log", Level: "FAULT", ID: "00000008", Name: "blink[RUNNING]", Text: "no board > - <"},
		{Time: stamp, Stream: "stdout", Level: "CONSOLE", Text: strings.Repeat("x", 128<<10-stampLength-3)},
		{Time: stamp, Stream: "stderr", Level: "WARNING", Text: "the last, without an end"},
	}
	for _, tt := range []struct {
		level actor.Level
		want  []*Entry
	}{
		{actor.LevelDebug, all},
		{actor.LevelConsole, all[1:]},
		{actor.LevelWarning, []*Entry{all[2], all[4], all[6]}},
		{actor.LevelFault, all[4:5]},
		{actor.LevelNone, nil},
	} {
		var got []*Entry
		err := Entries(strings.NewReader(string(log)), tt.level, func(e *Entry, raw []byte) error {
			if !strings.HasPrefix(string(raw), stamp) {
				t.Errorf("the raw line is %q", raw)
			}
			got = append(got, e)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("from %s (-want +got):\n%s", tt.level, diff)
		}
	}
}
