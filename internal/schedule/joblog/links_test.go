package joblog

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// logLine makes a line of the given second.
func logLine(second int, rest string) string {
	return time.Date(2026, 11, 22, 1, 0, second, 0, time.UTC).Format(stampFormat) + " " + rest + "\n"
}

// folderOf makes a folder of logs.
func folderOf(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestLinks(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  []string
		err   string
	}{
		{"none", map[string]string{"log": logLine(1, "1 x"), "note.txt": "x"}, nil, ""},
		{"a run with a job with a process", map[string]string{
			"run.log":                             logLine(1, "* plan") + logLine(1, "@ Started build (5), log at jobs/build/1/log"),
			"jobs/build/1/log":                    logLine(1, "@ Log of build (5), started by run 7 (4), whose log is ../../../run.log") + logLine(2, "@ Started cc (6), log at log.processes/cc-1.log") + logLine(3, "@ Ended with exit status 1"),
			"jobs/build/1/log.processes/cc-1.log": logLine(2, "@ Log of cc (6), started by build (5), whose log is ../log"),
			"jobs/build/1/stdout":                 logLine(2, "@ Log of nobody (6), started by build (5), whose log is ../log"),
		}, []string{"run.log ", "  build exit status 1", "    cc "}, ""},
		{"what a process prints is no link", map[string]string{
			"log": logLine(1, "@ Log of build (5)") + logLine(1, "1 @ Started cc (6), log at nowhere") + logLine(1, "1 Started cc (6), log at nowhere") + "Started\n\n@ Started\n",
		}, []string{"build "}, ""},
		{"a log that is not there", map[string]string{"log": logLine(1, "@ Log of build (5)") + logLine(1, "@ Started cc (6), log at nowhere.log")},
			[]string{"build "}, "log: the log nowhere.log of a process that it started does not exist"},
		{"a log that does not lead back", map[string]string{
			"log": logLine(1, "@ Log of build (5)") + logLine(1, "@ Started cc (6), log at cc.log"), "cc.log": logLine(1, "@ Log of cc (6)"),
		}, []string{"cc ", "build "}, "log: the log cc.log of a process that it started does not lead back"},
		{"a parent that knows nothing of it", map[string]string{
			"log": logLine(1, "@ Log of build (5)"), "cc.log": logLine(1, "@ Log of cc (6), started by build (5), whose log is log"),
		}, []string{"cc ", "build "}, "cc.log: the log log of its parent does not tell of it"},
		{"a parent that is not there", map[string]string{"cc.log": logLine(1, "@ Log of cc (6), started by build (5), whose log is log")},
			[]string{"cc "}, "cc.log: the log log of its parent does not exist"},
		{"a parent elsewhere", map[string]string{"cc.log": logLine(1, "@ Log of cc (6), started by build (5), whose log is ../log")}, []string{"cc "}, ""},
		{"a process that starts itself", map[string]string{"log": logLine(1, "@ Log of a (5), started by a (5), whose log is log") + logLine(1, "@ Started a (5), log at log")},
			[]string{"a "}, "log: it is said to be below itself"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			roots, err := Links(folderOf(t, tt.files))
			if diff := cmp.Diff(tt.want, outline(roots, "")); diff != "" {
				t.Errorf("processes (-want +got):\n%s", diff)
			}
			if got := fmt.Sprint(err); got != tt.err && (err != nil || tt.err != "") {
				t.Errorf("%q, want %q", got, tt.err)
			}
		})
	}
	if _, err := Links("no-such-folder"); err == nil {
		t.Error("no error of a folder that is not there")
	}
}

// What is written is what is read.
func TestLinkTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"a (1)", "Started b (2), log at c", ", started by ", " (", ")"}))
		who := process{name.Draw(t, "name"), rapid.IntRange(1, 99999).Draw(t, "pid")}
		by := process{name.Draw(t, "parent"), rapid.IntRange(1, 99999).Draw(t, "its pid")}
		file := rapid.StringMatching(`[a-z/,. ]{1,20}`).Draw(t, "file")
		read := func(text string) link {
			l, ok := readLink(text)
			if !ok {
				t.Fatalf("%q is not read", text)
			}
			return l
		}
		shownAs := func(p process) process { return readProcess(p.String()) }
		for text, want := range map[string]link{
			who.startedAt(file):     {kind: startedText, who: shownAs(who), file: file},
			who.startedBy(by, file): {kind: logOfText, who: shownAs(who), by: shownAs(by), file: file},
			who.logOf():             {kind: logOfText, who: shownAs(who)},
		} {
			if diff := cmp.Diff(want, read(text), cmp.AllowUnexported(link{}, process{})); diff != "" {
				t.Fatalf("%q (-want +got):\n%s", text, diff)
			}
		}
		if shownAs(who).pid != who.pid {
			t.Fatalf("%q has another process id", who)
		}
	})
}

func TestMerge(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	files := map[string]string{
		"log": logLine(1, "@ Log of build (5)") + logLine(2, "@ Started cc (6), log at log.processes/cc-1.log") + logLine(4, "1 "+long) + logLine(6, "1 four") +
			logLine(6, "1 without an end")[:stampLength+10],
		"log.processes/cc-1.log": logLine(2, "@ Log of cc (6), started by build (5), whose log is ../log") + logLine(3, "2 one") + logLine(4, "2 three") + logLine(7, "2 five"),
	}
	folder := folderOf(t, files)
	var byTime, byProcess bytes.Buffer
	if err := Merge(&byTime, folder, ByTime); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(byTime.String()) {
		got = append(got, strings.Replace(line[stampLength:], long, "long", 1))
	}
	want := []string{
		" build (5): @ Log of build (5)\n", " build (5): @ Started cc (6), log at log.processes/cc-1.log\n",
		" cc (6): @ Log of cc (6), started by build (5), whose log is ../log\n", " cc (6): 2 one\n", " build (5): 1 long\n", " cc (6): 2 three\n",
		" build (5): 1 four\n", " build (5): 1 without\n", " cc (6): 2 five\n",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("by time (-want +got):\n%s", diff)
	}
	if err := Merge(&byProcess, folder, ByProcess); err != nil {
		t.Fatal(err)
	}
	all := "---- begin of build (5): log\n" + files["log"] + "\n---- end of build (5): log\n" +
		"---- begin of cc (6): log.processes/cc-1.log\n" + files["log.processes/cc-1.log"] + "---- end of cc (6): log.processes/cc-1.log\n"
	if diff := cmp.Diff(all, byProcess.String()); diff != "" {
		t.Errorf("by process (-want +got):\n%s", diff)
	}
	if err := Merge(&byTime, "no-such-folder", ByTime); err == nil {
		t.Error("no error of a folder that is not there")
	}
}
