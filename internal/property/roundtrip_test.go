package property_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/framework/homepb"
	"github.com/ansar-go/ansar/internal/property"
	"github.com/ansar-go/ansar/lifecycle"
)

var (
	anySpan = rapid.Custom(func(t *rapid.T) *durationpb.Duration {
		return durationpb.New(time.Duration(rapid.Int64Range(1, int64(300*24*time.Hour)).Draw(t, "span")))
	})
	anyText    = rapid.StringMatching(`[ -~é]{1,12}`)
	anySeconds = rapid.Float64Range(0, 1e6)
)

func anyRetry(t *rapid.T) *lifecycle.Retry {
	return &lifecycle.Retry{
		FirstSteps:   rapid.SliceOfN(anySeconds, 0, 5).Draw(t, "first"),
		RegularSteps: rapid.Ptr(anySeconds, true).Draw(t, "regular"),
		StepLimit:    rapid.Ptr(rapid.Uint32(), true).Draw(t, "limit"),
		Randomized:   rapid.Ptr(anySeconds, true).Draw(t, "randomized"),
		Truncated:    rapid.Ptr(rapid.Float64Range(0, 1), true).Draw(t, "truncated"),
	}
}

func anyRestart(t *rapid.T) *homepb.Restart {
	r := &homepb.Restart{
		Policy:    rapid.Ptr(rapid.SampledFrom([]string{"never", "on-crash", "always"}), true).Draw(t, "policy"),
		Intensity: rapid.Ptr(rapid.Uint32Range(0, 1e6), true).Draw(t, "intensity"),
	}
	if rapid.Bool().Draw(t, "spans") {
		r.Period, r.Healthy = anySpan.Draw(t, "period"), anySpan.Draw(t, "healthy")
	}
	if rapid.Bool().Draw(t, "backoff") {
		r.Backoff = anyRetry(t)
	}
	return r
}

func anyReadiness(t *rapid.T) *homepb.Readiness {
	r := &homepb.Readiness{}
	switch text := anyText.Draw(t, "text"); rapid.IntRange(0, 4).Draw(t, "probe") {
	case 0:
		notify := rapid.SampledFrom([]string{"socket", "fd", "none"}).Draw(t, "notify")
		r.Notify = &notify
	case 1:
		r.Exec = append([]string{text}, rapid.SliceOfN(anyText, 0, 3).Draw(t, "args")...)
	case 2:
		r.Tcp = proto.String(fmt.Sprintf("localhost:%d", rapid.IntRange(1, 65535).Draw(t, "port")))
	case 3:
		r.Http = proto.String("http://localhost:80/x?y=z")
	case 4:
		r.Log = proto.String("^ready( in .*s)?$")
	}
	if rapid.Bool().Draw(t, "spans") {
		r.Every, r.Timeout = anySpan.Draw(t, "every"), anySpan.Draw(t, "timeout")
	}
	return r
}

func anyCommand(t *rapid.T) *homepb.Command {
	c := &homepb.Command{
		Program:    proto.String("/bin/" + anyText.Draw(t, "program")),
		Args:       rapid.SliceOfN(anyText, 0, 4).Draw(t, "args"),
		Env:        rapid.MapOfN(rapid.StringMatching(`[A-Z_]{1,4}`), anyText, 0, 4).Draw(t, "env"),
		StopSignal: rapid.Ptr(rapid.SampledFrom([]string{"SIGINT", "SIGHUP", "SIGTERM"}), true).Draw(t, "signal"),
	}
	if rapid.Bool().Draw(t, "rest") {
		c.Grace, c.Dir = anySpan.Draw(t, "grace"), proto.String("/srv")
	}
	return c
}

func anyValue(t *rapid.T) (string, proto.Message) {
	name := rapid.SampledFrom(property.Names(true)).Draw(t, "property")
	switch name {
	case "retry":
		return name, anyRetry(t)
	case "storage":
		return name, wrapperspb.Int64(rapid.Int64Range(64<<10, 1<<50).Draw(t, "bytes"))
	case "restart":
		return name, anyRestart(t)
	case "after":
		l := &structpb.ListValue{}
		for _, role := range rapid.SliceOfNDistinct(anyText, 0, 5, rapid.ID).Draw(t, "roles") {
			l.Values = append(l.Values, structpb.NewStringValue(role))
		}
		return name, l
	case "readiness":
		return name, anyReadiness(t)
	}
	return name, anyCommand(t)
}

// Whatever a value is, what is printed of it reads back as the same value, in
// each of its forms.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name, m := anyValue(t)
		want, err := property.Make(name, m)
		if err != nil {
			t.Fatalf("%v: %v", m, err)
		}
		bare, err := property.ParseBare(name, want.JSON())
		if err != nil {
			t.Fatalf("%s: %v", want.JSON(), err)
		}
		for _, text := range [][]byte{want.Text(), want.Full()} {
			got, err := property.Parse(name, "f", text)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			if !bytes.Equal(got.JSON(), want.JSON()) || !bytes.Equal(bare.JSON(), want.JSON()) {
				t.Fatalf("%s reads back as %s, %s", want.JSON(), got.JSON(), bare.JSON())
			}
		}
	})
}

// What a property begins with where it is not set can be saved as it is, or is
// refused because something has to be chosen; it never surprises.
func TestBlank(t *testing.T) {
	for _, name := range property.Names(true) {
		text, err := property.Blank(name)
		if err != nil {
			t.Fatal(err)
		}
		_, err = property.Parse(name, "f", text)
		if needs := name == "readiness" || name == "command"; (err != nil) != needs {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
}

// No text makes the parser panic, and what it takes reads back.
func FuzzParse(f *testing.F) {
	for _, text := range []string{`{"value": "on-crash"}`, `{"value": {"first_steps": [1]}}`, `{"value": "64MiB"}`, `{"value": ["a"]}`, `{"value": {"program": "/x"}}`, `"`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, name := range property.Names(true) {
			v, err := property.Parse(name, "f", text)
			if err != nil {
				continue
			}
			again, err := property.ParseBare(name, v.JSON())
			if err != nil || !bytes.Equal(again.JSON(), v.JSON()) {
				t.Errorf("%s: %s reads back as an error: %v", name, v.JSON(), err)
			}
		}
	})
}
