package cli

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/framework/homepb"
	"github.com/ansar-go/ansar/internal/property"
	"github.com/ansar-go/ansar/lifecycle"
)

// What can be set is explained: each property, and each member of one.
func TestPropertiesAreExplained(t *testing.T) {
	for _, name := range property.Names(true) {
		if !strings.Contains(propertiesTopic, "\n  "+name+" ") {
			t.Errorf("nothing is said of property %s", name)
		}
	}
	for _, m := range []proto.Message{&lifecycle.Retry{}, &homepb.Restart{}, &homepb.Readiness{}, &homepb.Command{}} {
		fields := m.ProtoReflect().Descriptor().Fields()
		for i := range fields.Len() {
			if field := fields.Get(i); !strings.Contains(propertiesTopic, "\n    "+string(field.Name())+" ") {
				t.Errorf("nothing is said of %s", field.FullName())
			}
		}
	}
}
