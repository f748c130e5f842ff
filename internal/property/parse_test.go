package property_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/property"
)

// Values can be written short; they are kept in one form.
func TestCanonical(t *testing.T) {
	tests := []struct{ name, property, text, want string }{
		{"numbers get a point", "retry", `{"value": {"firstSteps": [1, 2, 4]}}`, `{"first_steps":[1.0,2.0,4.0]}`},
		{"null is not given", "retry", `{"value": {"first_steps": [], "step_limit": null}}`, `{}`},
		{"a limit of zero is given", "retry", `{"value": {"step_limit": 0}}`, `{"step_limit":0}`},
		{"bytes", "storage", `{"value": 4000000}`, `"4000000"`},
		{"bytes as a text", "storage", `{"value": "4000000"}`, `"4000000"`},
		{"bytes with a unit", "storage", `{"value": "64MiB"}`, `"67108864"`},
		{"bytes with a blank", "storage", `{"value": "1.5 GB"}`, `"1500000000"`},
		{"the least bytes", "storage", `{"value": "64KiB"}`, `"65536"`},
		{"the most bytes", "storage", `{"value": "1024TiB"}`, `"1125899906842624"`},
		{"a policy", "restart", `{"value": "on-crash"}`, `{"policy":"on-crash"}`},
		{"spans", "restart", `{"value": {"policy": "always", "period": "1h30m", "healthy": 2}}`,
			`{"policy":"always","period":"5400s","healthy":"2s"}`},
		{"one role", "after", `{"value": "db"}`, `["db"]`},
		{"no role", "after", `{"value": []}`, `[]`},
		{"roles keep their order", "after", `{"value": ["db", "cache"]}`, `["db","cache"]`},
		{"a way to tell", "readiness", `{"value": "socket"}`, `{"notify":"socket"}`},
		{"a probe", "readiness", `{"value": {"tcp": "[::1]:80", "every": "0.5s"}}`, `{"tcp":"[::1]:80","every":"0.500s"}`},
		{"a command", "command", `{"value": {"program": "/bin/x", "stop_signal": "int"}}`, `{"program":"/bin/x","stop_signal":"SIGINT"}`},
		{"a number of a signal", "command", `{"value": {"program": "/bin/x", "stop_signal": "15"}}`, `{"program":"/bin/x","stop_signal":"SIGTERM"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, err := property.Parse(tt.property, "f", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(v.JSON())); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	tests := []struct{ property, text, want string }{
		{"retri", `{}`, `unknown property "retri" (did you mean retry?)`},
		{"colour", `{}`, `unknown property "colour": there are after, command, readiness, restart, retry, storage`},
		{"retry", `{"value": {"first_step": [1]}}`, `f:1:12: retry.first_step: no such field (did you mean first_steps?)`},
		{"retry", "{\"value\":\n {\"regular_steps\": \"x\"}}", `f:2:20: retry.regular_steps: "x" is not a number`},
		{"retry", `{"value": {"first_steps": [-1]}}`, `f: first_steps[0] is -1: it must be a number of seconds, 0 or more`},
		{"retry", `{"value": null}`, `f: null is no value`},
		{"retry", `{}`, `f:1:1: expected {"value": ...}, found an object without "value"`},
		{"retry", `{"value": {}, "also": 1}`, `f:1:15: unexpected "also" beside "value"`},
		{"retry", ``, `f:1:1: expected a value, found end of text`},
		{"retry", `{"value": "x"}`, `f:1:11: retry: "x" is not an object of the fields of Retry`},
		{"storage", `{"value": 65535}`, `f: 65535 is out of range: give 64KiB to 1024TiB`},
		{"storage", `{"value": -1}`, `f: -1 is out of range: give 64KiB to 1024TiB`},
		{"storage", `{"value": "9999999TiB"}`, `f: 9999999TiB is out of range: give 64KiB to 1024TiB`},
		{"storage", `{"value": "1e30GiB"}`, `f: "1e30GiB" is not a number of bytes, such as 4000000 or 64MiB`},
		{"storage", `{"value": "99999.9TiB"}`, `f: 99999.9TiB is out of range: give 64KiB to 1024TiB`},
		{"storage", `{"value": "much"}`, `f: "much" is not a number of bytes, such as 4000000 or 64MiB`},
		{"storage", `{"value": 1.5}`, `f:1:11: storage: 1.5 is not a whole number`},
		{"restart", `{"value": "on-crsh"}`, `f: policy: "on-crsh" is not one of never, on-crash, always (did you mean on-crash?)`},
		{"restart", `{"value": {"policy": "perhaps"}}`, `f: policy: "perhaps" is not one of never, on-crash, always`},
		{"restart", `{"value": {"period": 0}}`, `f: period is 0s: it must be more than nothing`},
		{"restart", `{"value": {"healthy": "-1s"}}`, `f: healthy is -1s: it must be more than nothing`},
		{"restart", `{"value": {"period": "367d"}}`, `f: period is longer than a year`},
		{"restart", `{"value": {"intensity": 1000001}}`, `f: intensity is 1000001: give 1000000 or less`},
		{"restart", `{"value": {"backoff": {"regular_steps": -1}}}`, `f: backoff.regular_steps is -1: it must be a number of seconds, 0 or more`},
		{"after", `{"value": [1]}`, `f: 1 is not the name of a role`},
		{"after", `{"value": ""}`, `f: "" is not the name of a role`},
		{"after", `{"value": ["a", "a"]}`, `f: role "a" is named twice`},
		{"readiness", `{"value": {}}`, `f: it needs one of notify, exec, tcp, http and log`},
		{"readiness", `{"value": {"tcp": "a:1", "http": "http://a"}}`, `f: tcp and http are two of an either-or: give one of them`},
		{"readiness", `{"value": "sockt"}`, `f: notify: "sockt" is not one of socket, fd, none (did you mean socket?)`},
		{"readiness", `{"value": {"tcp": "localhost"}}`, `f: tcp: "localhost" is not host:port`},
		{"readiness", `{"value": {"tcp": "localhost:http"}}`, `f: tcp: "localhost:http" is not host:port`},
		{"readiness", `{"value": {"tcp": "localhost:70000"}}`, `f: tcp: port 70000 of "localhost:70000" is not 1 to 65535`},
		{"readiness", `{"value": {"http": "localhost"}}`, `f: http: "localhost" is not a URL that begins with http://`},
		{"readiness", `{"value": {"http": "http://:80"}}`, `f: http: "http://:80" is not a URL that begins with http://`},
		{"readiness", `{"value": {"http": "https://localhost"}}`,
			`f: http: "https://localhost" begins with https://: give an address that answers without TLS, or probe with exec`},
		{"readiness", `{"value": {"log": "ready("}}`, `f: log: "ready(" is not a regular expression`},
		{"readiness", `{"value": {"exec": [""]}}`, `f: exec begins with an empty text, not with a program`},
		{"readiness", `{"value": {"tcp": "a:1", "timeout": 0}}`, `f: timeout is 0s: it must be more than nothing`},
		{"command", `{"value": {}}`, `f: it needs a program`},
		{"command", `{"value": {"program": "sleep"}}`, `f: program: "sleep" is not an absolute path`},
		{"command", `{"value": {"program": "/bin/x", "dir": "tmp"}}`, `f: dir: "tmp" is not an absolute path`},
		{"command", `{"value": {"program": "/bin/x", "args": ["a\u0000"]}}`, `f: args[0] has a zero byte`},
		{"command", `{"value": {"program": "/bin/\u0000"}}`, `f: program: "/bin/\x00" has a zero byte`},
		{"command", `{"value": {"program": "/bin/x", "env": {"A=": "secret"}}}`, `f: env: "A=" cannot be the name of a variable`},
		{"command", `{"value": {"program": "/bin/x", "env": {"A": "sec\u0000ret"}}}`, `f: env: the value of A has a zero byte`},
		{"command", `{"value": {"program": "/bin/x", "stop_signal": "SIGNAL"}}`, `f: stop_signal: "SIGNAL" is not a signal, such as SIGTERM or SIGQUIT`},
		{"command", `{"value": {"program": "/bin/x", "stop_signal": "SIGKILL", "grace": 0}}`, `f: grace is 0s: it must be more than nothing`},
	}
	for _, tt := range tests {
		t.Run(tt.property+" "+tt.text, func(t *testing.T) {
			_, err := property.Parse(tt.property, "f", []byte(tt.text))
			if err == nil {
				t.Fatalf("no error, want %s", tt.want)
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What somebody wrote into home.json is refused with the names of role and
// property.
func TestRefusedInHome(t *testing.T) {
	tests := []struct{ properties, want string }{
		{`{"retry": {"first_step": [1]}}`, `role "cache": property "retry": first_step: no such field (did you mean first_steps?)`},
		{`{"restart": "x"}`, `role "cache": property "restart": policy: "x" is not one of never, on-crash, always`},
		{`{"storage": null}`, `role "cache": property "storage": null is no value`},
		{`{"after": 5}`, `role "cache": property "after": 5 is not a list`},
	}
	for _, tt := range tests {
		t.Run(tt.properties, func(t *testing.T) {
			_, err := property.Of(role(t, tt.properties))
			if err == nil {
				t.Fatalf("no error, want %s", tt.want)
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
