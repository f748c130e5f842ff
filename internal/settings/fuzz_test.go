package settings

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	pb "github.com/ansar-go/ansar/internal/settings/settingstest"
)

// Whatever is taken is printed so that it reads back as the same message, and
// whatever is not has an error of one line with a place in the text.
func FuzzUnmarshal(f *testing.F) {
	f.Add([]byte(`{"value":{"an_int32":1e3,"a_duration":"1h30m","nothing":null,"aValue":[{"a":null}],"modes":["fast",9]}}`))
	f.Add([]byte(`{"value":{"an_any":{"@type":"ansar.settingstest.v1.Tree","name":"\ud83d\ude00","left":{"old":1}}},"x":[]}`))
	f.Add([]byte(`{"value":{"an_any":{"@type":"a/b.C","@unresolved":"AA=="},"a_timestamp":{"seconds":-1,"nanos":-1},"a_mask":"a,bC"}}`))
	f.Add([]byte(`{"value":{"by_bool":{"true":"MODE_FAST"},"doubles":["NaN",-0.0,1e-400],"blobs":["_-8"],"limits":null}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m := &pb.Every{}
		unknown, err := UnmarshalEnvelope("f", data, m, nil)
		if err != nil {
			var e *ReadError
			if !errors.As(err, &e) || e.Line < 1 || e.Column < 1 || strings.Contains(err.Error(), "\n") {
				t.Fatalf("%q: %q", data, err)
			}
			return
		}
		for _, o := range []*WriteOptions{{Keep: unknown}, {AllFields: true, Compact: true}} {
			again := &pb.Every{}
			text := MarshalEnvelope(m, o)
			kept, err := UnmarshalEnvelope("f", text, again, nil)
			if err != nil {
				t.Fatalf("%q is printed as %s: %v", data, text, err)
			}
			if !proto.Equal(m, again) {
				t.Fatalf("%q is printed as %s: it reads back as %v, want %v", data, text, again, m)
			}
			if o.Keep != nil && len(kept.Warnings()) != len(unknown.Warnings()) {
				t.Fatalf("%q is printed as %s: kept %q, want %q", data, text, kept.Warnings(), unknown.Warnings())
			}
		}
	})
}

// The parser takes what encoding/json takes, save text that is not UTF-8, half
// characters, and names that are there twice.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"a":[1,-2.5e+3,true,null,"\u00e9"]}`, `[1,]`, `{"a":1,"a":2}`, `"\ud800"`, ` 01`, "\"\x7f\"", `1.`, `-`, `nul`, `{"":{}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := parse(data)
		valid := json.Valid(data)
		if err == nil && !valid {
			t.Fatalf("%q is not JSON and was taken", data)
		}
		if err != nil {
			known := strings.Contains(err.problem, "twice") || strings.Contains(err.problem, `"\u"`) || strings.Contains(err.problem, "deeper")
			if valid && utf8.Valid(data) && !known {
				t.Fatalf("%q is JSON and was not taken: %v", data, err)
			}
			return
		}
		p := &printer{compact: true}
		p.node(n)
		if _, err := parse(p.out); err != nil {
			t.Fatalf("%q is printed as %q: %v", data, p.out, err)
		}
	})
}
