package planfile_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/schedule/planfile"
)

func TestParseErrors(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"an unknown field", "jobs:\n- id: a\n  timout: 5s\n", `plan.yaml:3: jobs[0].timout: no such field (did you mean timeout?)`},
		{"a field like no other", "limits: {zzzzzzzz: 1}", `plan.yaml:1: limits.zzzzzzzz: no such field: there are slots, timeout, failures, consecutive_failures, failure_ratio, load, memory_bytes, workers`},
		{"a list for a number", "jobs: [{retries: [1]}]", `plan.yaml:1: jobs[0].retries: expected a whole number, got a list`},
		{"a word for a number", "jobs: [{retries: many}]", `plan.yaml:1: jobs[0].retries: expected a whole number, got "many"`},
		{"a fraction for a whole number", "jobs: [{retries: 1.5}]", `plan.yaml:1: jobs[0].retries: expected a whole number, got 1.5`},
		{"less than nothing", "jobs: [{retries: -1}]", `plan.yaml:1: jobs[0].retries: expected a whole number from 0 to 4294967295, got -1`},
		{"more than fits", "jobs: [{priority: 3000000000}]", `plan.yaml:1: jobs[0].priority: expected a whole number from -2147483648 to 2147483647, got 3000000000`},
		{"octal or not", "jobs: [{retries: 010}]", `plan.yaml:1: jobs[0].retries: 010 can mean two numbers: write it without 0 at the front, or 0o for octal`},
		{"a word for a fraction", "limits: {load: high}", `plan.yaml:1: limits.load: expected a number, got "high"`},
		{"a word for a truth", "jobs: [{always: yes}]", `plan.yaml:1: jobs[0].always: expected true or false, got "yes"`},
		{"a number for a truth", "jobs: [{always: 1}]", `plan.yaml:1: jobs[0].always: expected true or false, got 1`},
		{"a mapping for a text", "name: {a: b}", `plan.yaml:1: name: expected a text, got a mapping`},
		{"a text for a list", "jobs: [{labels: wlan}]", `plan.yaml:1: jobs[0].labels: expected a list, got "wlan": write [wlan]`},
		{"a mapping for a list", "jobs: {a: b}", `plan.yaml:1: jobs: expected a list, got a mapping`},
		{"nothing for a text in a list", "jobs: [{labels: [~]}]", `plan.yaml:1: jobs[0].labels[0]: expected a text, got nothing`},
		{"nothing for a need", "jobs: [{needs: [~]}]", `plan.yaml:1: jobs[0].needs[0]: expected the id of a job, or a mapping such as {job: build}, got nothing`},
		{"a list for a need", "jobs: [{needs: [[a]]}]", `plan.yaml:1: jobs[0].needs[0]: expected the id of a job, or a mapping such as {job: build}, got a list`},
		{"a number for a job", "jobs: [5]", `plan.yaml:1: jobs[0]: expected a mapping, got 5`},
		{"a text for a map", "environment: A=b", `plan.yaml:1: environment: expected a mapping, got "A=b"`},
		{"a list for a variable", "environment: {A: [b]}", `plan.yaml:1: environment.A: expected a text, got a list`},
		{"a variable twice", "environment:\n  A: b\n  A: c\n", `plan.yaml:3: environment.A: given twice, first in line 2: keep one`},
		{"a field twice", "name: a\njobs: []\nname: b\n", `plan.yaml:3: name: given twice, first in line 1: keep one`},
		{"a field in two spellings", "exit_statuses: []\nexit-statuses: []\n", `plan.yaml:2: exit_statuses: given twice, first in line 1: keep one`},
		{"a key of a free tree twice", "jobs: [{call: {input: {a: 1, a: 2}}}]", `plan.yaml:1: jobs[0].call.input.a: given twice, first in line 1: keep one`},
		{"two kinds of work", "jobs:\n- call: x\n  command: [y]\n", `plan.yaml:3: jobs[0].command: command and call (line 2) cannot both be given: keep one`},
		{"no span of time", "jobs: [{timeout: soon}]", `plan.yaml:1: jobs[0].timeout: expected a span of time such as 90s, 5m or 1h30m, got "soon"`},
		{"a list for a span of time", "jobs: [{timeout: [5s]}]", `plan.yaml:1: jobs[0].timeout: expected a span of time such as 90s, 5m or 1h30m, got a list`},
		{"an endless span of time", "jobs: [{timeout: 1e300}]", `plan.yaml:1: jobs[0].timeout: expected a span of time such as 90s, 5m or 1h30m, got 1e300`},
		{"an unknown word", "jobs: [{isolation: porcess}]", `plan.yaml:1: jobs[0].isolation: expected one of process, pool, in-process, got "porcess" (did you mean process?)`},
		{"a word like no other", "jobs: [{strays: 9}]", `plan.yaml:1: jobs[0].strays: expected one of kill, fail, ignore, got 9`},
		{"a type that is not known", `jobs: [{call: {input_message: {"@type": a.b.C, x: 1}}}]`, `plan.yaml:1: jobs[0].call.input_message.@type: "a.b.C" is not a type known here`},
		{"a message without its type", `jobs: [{call: {input_message: {x: 1}}}]`, `plan.yaml:1: jobs[0].call.input_message: expected a mapping with "@type", got a mapping`},
		{"a list", "- a", `plan.yaml:1: expected a mapping, got a list`},
		{"several at once, in order", "name: [x]\njobs:\n- {id: {}}\n- {ip: y}\n", "plan.yaml:1: name: expected a text, got a list\nplan.yaml:3: jobs[0].id: expected a text, got a mapping\nplan.yaml:4: jobs[1].ip: no such field (did you mean id?)"},

		{"nothing", "", `plan.yaml: the text is empty: a plan has at least jobs, as in jobs: [{id: build, command: [make]}]`},
		{"a comment", "# x\n", `plan.yaml: the text is empty: a plan has at least jobs, as in jobs: [{id: build, command: [make]}]`},
		{"null", "---\n", `plan.yaml: the text is empty: a plan has at least jobs, as in jobs: [{id: build, command: [make]}]`},
		{"two documents", "name: a\n---\nname: b\n", `plan.yaml:2: a second document begins: keep one, without ---`},
		{"no UTF-8", "name: a\nid: \xff\n", `plan.yaml:2:5: the text is not UTF-8: save the file as UTF-8`},
		{"an open bracket", "jobs: [a, b\nname: x\n", `plan.yaml:2:5: bad YAML: did not find expected ',' or ']' (while parsing a flow sequence)`},
		{"a tab", "jobs:\n\t- a\n", "plan.yaml:2:1: bad YAML: found character that cannot start any token (while scanning for the next token): indent with blanks, not with tabs, and quote a text that begins with @ or `"},
		{"a bad indentation", "name: a\n  jobs: b\n", `plan.yaml:2:7: bad YAML: mapping values are not allowed in this context`},
		{"no anchor", "name: *x\n", `plan.yaml:1:7: bad YAML: unknown anchor 'x' referenced`},
		{"an anchor in itself", "jobs: &a [*a]\n", `plan.yaml:1: *a stands for something that contains it`},
		{"an unknown tag", "name: !env HOME\n", `plan.yaml:1: the tag !env means nothing here: leave it out`},
		{"a key that is a list", "? [a]\n: b\n", `plan.yaml:1: a key is a list, expected a text`},
		{"a merge of a text", "jobs:\n- <<: a\n", `plan.yaml:2: <<: is followed by "a", expected a mapping, as in <<: *name`},
		{"too deep", "name: " + strings.Repeat("[", 600) + strings.Repeat("]", 600), `plan.yaml:1: values are nested more than 500 deep`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { checkError(t, "plan.yaml", tt.text, tt.want) })
	}
}

func checkError(t *testing.T, name, text, want string) {
	t.Helper()
	f, err := planfile.Parse(name, []byte(text))
	if err == nil {
		t.Fatalf("no error, got %v", f.Plan)
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
	if all := new(planfile.Errors); !errors.As(err, all) {
		t.Errorf("the error is a %T", err)
	}
}

func TestParseJSONErrors(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a missing comma", "{\n  \"name\": \"a\"\n  \"jobs\": []\n}", `plan.json:3:3: bad JSON: invalid character '"' after object key:value pair`},
		{"a comma too many", "{\"jobs\": [1, ]}", `plan.json:1:14: bad JSON: invalid character ']' looking for beginning of value`},
		{"a bare word", "{\"name\": é}", `plan.json:1:10: bad JSON: invalid character 'Ã' looking for beginning of value`},
		{"an open end", "{\"jobs\": [", `plan.json:1:11: bad JSON: the text ends before the value does: a quote, ] or } is missing`},
		{"an open text", "{\"name\": \"x", `plan.json:1:12: bad JSON: the text ends before the value does: a quote, ] or } is missing`},
		{"something behind it", "{}\n{}", `plan.json:2:1: something follows the end of the JSON value: remove it`},
		{"nothing", " \n", `plan.json: the text is empty: a plan has at least jobs, as in jobs: [{id: build, command: [make]}]`},
		{"YAML", "name: x\n", `plan.json:1:2: bad JSON: invalid character 'a' in literal null (expecting 'u')`},
		{"no UTF-8", "{\"name\": \"\xff\"}", `plan.json:1:11: the text is not UTF-8: save the file as UTF-8`},
		{"too deep", strings.Repeat("[", 600), `plan.json:1:502: values are nested more than 500 deep`},
		{"an unknown field", "{\n \"jobs\": [\n  {\n   \"timout\": 5}]}", `plan.json:4: jobs[0].timout: no such field (did you mean timeout?)`},
		{"a field twice", "{\"name\": \"a\",\n\"name\": \"b\"}", `plan.json:2: name: given twice, first in line 1: keep one`},
		{"a number for a text in quotes", "{\"jobs\": [{\"retries\": \"x\"}]}", `plan.json:1: jobs[0].retries: expected a whole number, got "x"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { checkError(t, "plan.json", tt.text, tt.want) })
	}
}

// What is wrong a thousand times is told twenty times.
func TestErrorsAreBounded(t *testing.T) {
	_, err := planfile.Parse("plan.yaml", []byte("jobs:\n"+strings.Repeat("- {x: 1}\n", 1000)))
	all := planfile.Errors{}
	if !errors.As(err, &all) || len(all) != 20 {
		t.Errorf("got %d errors, want 20", len(all))
	}
	if one := new(planfile.Error); !errors.As(err, &one) || one.Line != 2 {
		t.Errorf("the first is %+v, want line 2", one)
	}
}

// bomb is a text whose aliases stand for 9 to the 9th of values.
func bomb(leaf, open, end string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "x: &x0 %s\n", leaf)
	for level := 1; level <= 9; level++ {
		fmt.Fprintf(&b, "y%d: &x%d %s%s%s\n", level, level, open, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*x%d, ", level-1), 9), ", "), end)
	}
	return b.String()
}

// Nor can merge keys.
func TestMergeBomb(t *testing.T) {
	var b strings.Builder
	b.WriteString("x0: &x0 {")
	for i := range 2000 {
		fmt.Fprintf(&b, "k%d: 1, ", i)
	}
	b.WriteString("}\n")
	for i := 1; i <= 1000; i++ {
		fmt.Fprintf(&b, "x%d: &x%d {<<: *x%d}\n", i, i, i-1)
	}
	_, err := planfile.Parse("plan.yaml", []byte(b.String()))
	if err == nil || !strings.Contains(err.Error(), "merge keys add more than 1000000 values") {
		t.Errorf("got the error %v", err)
	}
}
