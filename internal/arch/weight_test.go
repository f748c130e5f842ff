package arch

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// A program that is called pays for all that it links, each time it starts.
// These cost the most, and are for the ansar command.
func TestCalledProgramsAreLight(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "../../examples/noop/main").Output()
	if err != nil {
		t.Fatalf("ask the go command: %v", err)
	}
	linked := strings.Fields(string(out))
	for _, heavy := range []string{
		"google.golang.org/protobuf/reflect/protodesc", "google.golang.org/protobuf/types/dynamicpb",
		"google.golang.org/protobuf/types/descriptorpb", "google.golang.org/protobuf/encoding/protojson",
		"go.yaml.in/yaml/v2", "github.com/spf13/cobra", "text/template",
	} {
		if slices.Contains(linked, heavy) {
			t.Errorf("%s is linked into every program: see docs/performance.md", heavy)
		}
	}
}
