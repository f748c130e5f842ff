package actor

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/internal/settings/settingstest"
	"github.com/ansar-go/ansar/lifecycle"
)

// secrets is a message whose every secret field contains hidden, at any depth,
// beside what may be shown.
func secrets(t *testing.T) *settingstest.Vault {
	t.Helper()
	flat := func() *settingstest.Vault {
		return &settingstest.Vault{
			Word: "hidden", Blob: []byte("hidden"), Number: 4711, Words: []string{"a", "hidden"},
			ByName: map[string]string{"hidden": "hidden"}, Maybe: proto.String("hidden"), Open: "shown",
		}
	}
	packed, err := anypb.New(flat())
	if err != nil {
		t.Fatal(err)
	}
	m := flat()
	m.Inner, m.Named, m.Any = []*settingstest.Vault{flat()}, map[string]*settingstest.Vault{"named": flat()}, packed
	m.ProtoReflect().SetUnknown([]byte{0xf2, 0x3f, 6, 'h', 'i', 'd', 'd', 'e', 'n'}) // of a later version
	return m
}

// Whatever way a message comes into a log, its secrets stay out of it.
func TestLogWithoutSecrets(t *testing.T) {
	tests := []struct {
		name string
		log  func(self *Context, m *settingstest.Vault)
		want int // how often open is shown
	}{
		{"a line", func(self *Context, m *settingstest.Vault) { self.Console("%d %v %+v", 1, m, m) }, 8},
		{"a line for those who look closely", func(self *Context, m *settingstest.Vault) { self.Console("%s", m) }, 4},
		{"a message that was received", func(self *Context, m *settingstest.Vault) { self.Console("%v", Message{Body: m}) }, 4},
		{"a sample", func(self *Context, m *settingstest.Vault) { self.Sample("vault", m) }, 4},
		{"a logger", func(self *Context, m *settingstest.Vault) { self.Logger().Info("got", "vault", m) }, 4},
		{"a logger that carries it", func(self *Context, m *settingstest.Vault) { self.Logger().With("vault", m).Error("got") }, 4},
		{"a group of a logger", func(self *Context, m *settingstest.Vault) {
			self.Logger().WithGroup("group").Warn("got", "vault", m)
		}, 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, b *bubble) {
				b.keepLog(LevelTrace)
				m := secrets(t)
				before := proto.Clone(m)
				b.run(func(self *Context) error {
					tt.log(self, m)
					return nil
				})
				if !proto.Equal(m, before) {
					t.Errorf("logging changed the message to %v", m)
				}
				got := b.lines.String()
				if strings.Contains(got, "hidden") || strings.Contains(got, "4711") || strings.Contains(got, `\x68`) {
					t.Errorf("a secret is shown: %s", got)
				}
				if shown := strings.Count(got, "shown"); shown != tt.want || !strings.Contains(got, "***") {
					t.Errorf("what is no secret is shown %d times, want %d: %s", shown, tt.want, got)
				}
			})
		})
	}
}

// What cannot have a secret is not even copied.
func TestNothingToRedact(t *testing.T) {
	var none *settingstest.Vault
	for _, arg := range []any{wrapperspb.String("a"), &lifecycle.Ack{}, none, nil, "text", 1, Message{}, Message{Body: &lifecycle.Ack{}}} {
		if got, changed := redactArg(arg); changed || got != arg {
			t.Errorf("%T became %v", arg, got)
		}
	}
}

// A type that is not linked in may have secrets, so what is packed is not shown.
func TestRedactsUnknownTypes(t *testing.T) {
	got, _ := redactArg(&anypb.Any{TypeUrl: "type.googleapis.com/no.such.Message", Value: []byte("hidden")})
	if text := got.(*anypb.Any).String(); strings.Contains(text, "hidden") || !strings.Contains(text, "no.such.Message") {
		t.Errorf("got %s", text)
	}
}
