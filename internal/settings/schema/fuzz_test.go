package schema

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/spf13/pflag"

	"github.com/ansar-go/ansar/internal/settings"
	pb "github.com/ansar-go/ansar/internal/settings/settingstest"
)

// A damaged description is an error and no panic, and one that is taken can be
// used.
func FuzzLoad(f *testing.F) {
	f.Add(acme(f))
	f.Add(settings.Describe("robot", &pb.Robot{Seconds: 2}, &pb.Limits{}, (&pb.Tree{}).ProtoReflect().Descriptor()))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Load(data)
		if err != nil {
			return
		}
		m := p.Settings()
		if m == nil {
			return
		}
		text := settings.Marshal(m, &settings.WriteOptions{AllFields: true, Types: p.Types})
		if !json.Valid(text) {
			t.Fatalf("printed as %q, which is not JSON", text)
		}
		settings.Help(settings.Redact(m, p.Types), &settings.HelpOptions{Program: p.Name})
		fs := pflag.NewFlagSet("x", pflag.ContinueOnError)
		var collision *settings.CollisionError
		if err := settings.AddFlags(fs, m.ProtoReflect(), nil); err != nil && !errors.As(err, &collision) {
			t.Fatal(err)
		}
	})
}
