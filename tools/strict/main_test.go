package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	const pass = `{"Action":"pass","Package":"p","Test":"TestA"}` + "\n"
	tests := []struct {
		name, in string
		err      string // what the error says; empty: none
		out      string // what is printed
	}{
		{"all passed", pass + `{"Action":"output","Package":"p","Output":"ok  \tp\t0.1s\n"}`, "", "ok  \tp\t0.1s\n"},
		{"a package without tests is no skip", pass + `{"Action":"skip","Package":"q"}`, "", ""},
		{"the output of what passed stays away", `{"Action":"output","Package":"p","Test":"TestA","Output":"noise\n"}` + "\n" + pass, "", ""},
		{"a failure shows its output",
			`{"Action":"output","Package":"p","Test":"TestB","Output":"    b_test.go:1: got 1\n"}` + "\n" + `{"Action":"fail","Package":"p","Test":"TestB"}`,
			"1 failed: p.TestB", "    b_test.go:1: got 1\n"},
		{"a skip names its reason",
			pass + `{"Action":"output","Package":"p","Test":"TestC","Output":"=== RUN TestC\n"}` + "\n" +
				`{"Action":"output","Package":"p","Test":"TestC","Output":"    c_test.go:1: needs redis\n"}` + "\n" + `{"Action":"skip","Package":"p","Test":"TestC"}`,
			"1 skipped, and CI=true allows none:\n\tp.TestC: c_test.go:1: needs redis", ""},
		{"what does not compile is a failure",
			`{"ImportPath":"p","Action":"build-output","Output":"p.go:1:1: oops\n"}` + "\n" + `{"ImportPath":"p","Action":"build-fail"}`,
			"1 failed: p", "p.go:1:1: oops\n"},
		{"words of go itself are shown", "go: no such file\n", "no test ran", "go: no such file\n"},
		{"nothing at all is a failure", "", "no test ran", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			err := check(strings.NewReader(tt.in), &out)
			switch {
			case tt.err == "" && err != nil:
				t.Errorf("error: %v, want none", err)
			case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)):
				t.Errorf("error: %v, want %q", err, tt.err)
			}
			if out.String() != tt.out {
				t.Errorf("printed %q, want %q", out.String(), tt.out)
			}
		})
	}
}

func TestRun(t *testing.T) {
	const pass = `echo '{"Action":"pass","Package":"p","Test":"TestA"}'`
	tests := []struct {
		name, script string
		err          string // part of the error; empty: none
	}{
		{"a command that ends well", pass, ""},
		{"the status of the command counts, whatever it printed", pass + "; exit 2", "exit status 2"},
		{"a failure is told before the status", `echo '{"Action":"fail","Package":"p"}'; exit 1`, "1 failed: p"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := run([]string{"sh", "-c", tt.script})
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Errorf("error: %v, want %q", err, tt.err)
			}
		})
	}
	if err := run(nil); err == nil {
		t.Error("no command is no error")
	}
}
