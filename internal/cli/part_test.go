package cli

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/ansar-go/ansar/internal/settings/settingstest"
)

func TestKeepSecrets(t *testing.T) {
	tests := []struct {
		name           string
		to, from, want *settingstest.Robot
	}{
		{"what is no secret stays where it is",
			&settingstest.Robot{Seconds: 1}, &settingstest.Robot{Seconds: 2, Rotation: 3}, &settingstest.Robot{Seconds: 1}},
		{"a secret is kept",
			&settingstest.Robot{Seconds: 1}, &settingstest.Robot{Token: "t"}, &settingstest.Robot{Seconds: 1, Token: "t"}},
		{"one inside of another message is",
			&settingstest.Robot{Limits: &settingstest.Limits{MaxSize: 4}},
			&settingstest.Robot{Limits: &settingstest.Limits{MaxSize: 5, PinCode: "p"}},
			&settingstest.Robot{Limits: &settingstest.Limits{MaxSize: 4, PinCode: "p"}}},
		{"a message without one is not made",
			&settingstest.Robot{}, &settingstest.Robot{Limits: &settingstest.Limits{MaxSize: 5}}, &settingstest.Robot{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			keepSecrets(tt.to.ProtoReflect(), tt.from.ProtoReflect())
			if diff := cmp.Diff(tt.want, tt.to, protocmp.Transform()); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
		})
	}
}
