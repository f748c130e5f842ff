package actor

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/ansar-go/ansar/lifecycle"
)

// update is set to write the golden file anew.
var update = os.Getenv("ANSAR_UPDATE_GOLDEN") != ""

// What a small program logs at DEBUG, line by line.
func TestLogOfSmallProgram(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.keepLog(LevelDebug)
		c := b.object("small", func(self *Context) error {
			self.Console("Working with %d of %s", 3, "four")
			self.Debug("in detail")
			self.Trace("as it goes")
			self.Sample("height", 1.5, "depth", 2)
			self.Warning("tail is low")
			self.Fault("a line\nand another, caf\u00e9 \x01")
			self.Logger().With("size", 3).Info("logged by slog", "name", "two words")
			helper := below(self, "helper", func(self *Context) error {
				m, err := self.Select()
				if err != nil {
					return err
				}
				return self.Send(m.From, &lifecycle.Ack{})
			})
			if err := self.Send(helper, &lifecycle.Enquiry{}); err != nil {
				return err
			}
			synctest.Wait() // one at a time: the order of lines is part of the test
			if _, err := self.Select(KindOf[*lifecycle.Ack]()); err != nil {
				return err
			}
			if _, err := self.Select(KindOf[*lifecycle.Completed]()); err != nil {
				return err
			}
			self.StartTimer(T1, 1500*time.Millisecond)
			_, err := self.Select(T1)
			return err
		})
		if err := b.ends(c); err != nil {
			t.Error(err)
		}
		m := doors.order(nil)
		m.inProcess = true
		machine := b.begin(nil, m)
		time.Sleep(time.Millisecond)
		machine.stop(stopIn(time.Minute, ""), false)
		<-machine.ended
		golden(t, "small.log", b.lines.String())
	})
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestLogRecordForms(t *testing.T) {
	at := timestamppb.New(time.Date(2023, 4, 6, 1, 52, 17, 317_900_000, time.UTC))
	tests := []struct {
		name   string
		record *LogRecord
		text   string // with the process id
		json   string
	}{
		{"an ordinary line", &LogRecord{Time: at, Pid: 438217, Tag: "^", Id: "00000009", Name: "snooze", Text: "Do nothing"},
			"[00438217] 2023-04-06T01:52:17.317 ^ <00000009>snooze - Do nothing",
			`{"time":"2023-04-06T01:52:17.3179Z","level":"CONSOLE","tag":"^","pid":438217,"id":"00000009","name":"snooze","text":"Do nothing"}`},
		{"a machine shows its state", &LogRecord{Time: at, Pid: 1, Tag: "_", Id: "0000000a", Name: "Retry", State: "PAUSING", Text: "x"},
			"[00000001] 2023-04-06T01:52:17.317 _ <0000000a>Retry[PAUSING] - x",
			`{"time":"2023-04-06T01:52:17.3179Z","level":"DEBUG","tag":"_","pid":1,"id":"0000000a","name":"Retry","state":"PAUSING","text":"x"}`},
		{"many lines stay one", &LogRecord{Time: at, Pid: 123456789, Tag: "!", Id: "00000009", Name: "x", Text: "a\nb\r\x00\x7f\xff"},
			"[123456789] 2023-04-06T01:52:17.317 ! <00000009>x - a\\nb\\x0d\\x00\\x7f\\xff",
			"{\"time\":\"2023-04-06T01:52:17.3179Z\",\"level\":\"FAULT\",\"tag\":\"!\",\"pid\":123456789,\"id\":\"00000009\",\"name\":\"x\",\"text\":\"a\\nb\\r\\u0000\x7f\\ufffd\"}"},
		{"printed to standard output", &LogRecord{Time: at, Pid: 1, Tag: "1", Id: rootID, Name: "sh", Text: "hello"},
			"[00000001] 2023-04-06T01:52:17.317 ^ <00000001>sh - hello",
			`{"time":"2023-04-06T01:52:17.3179Z","level":"CONSOLE","tag":"^","pid":1,"id":"00000001","name":"sh","text":"hello"}`},
		{"printed to standard error", &LogRecord{Time: at, Pid: 1, Tag: "2", Id: rootID, Name: "sh", Text: "oops"},
			"[00000001] 2023-04-06T01:52:17.317 ? <00000001>sh - oops",
			`{"time":"2023-04-06T01:52:17.3179Z","level":"WARNING","tag":"?","pid":1,"id":"00000001","name":"sh","text":"oops"}`},
		{"a record of somebody else without a tag", &LogRecord{Time: at, Pid: 1, Id: "00000009", Name: "x", Text: "y"},
			"[00000001] 2023-04-06T01:52:17.317   <00000009>x - y",
			`{"time":"2023-04-06T01:52:17.3179Z","level":"OBJECT","tag":" ","pid":1,"id":"00000009","name":"x","text":"y"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.text, string(tt.record.AppendText(nil, true))); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.json, string(tt.record.AppendJSON(nil))); diff != "" {
				t.Errorf("JSON (-want +got):\n%s", diff)
			}
		})
	}
}
