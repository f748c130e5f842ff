package settings

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Every program pays for what this package imports each time it starts.
func TestImportsNothingHeavy(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatalf("ask the go command: %v", err)
	}
	imports := strings.Fields(string(out))
	for _, heavy := range []string{
		"net/http", "text/template", "html/template", "crypto/tls", "regexp", "testing", "log/slog",
		"google.golang.org/protobuf/encoding/protojson", "google.golang.org/protobuf/reflect/protodesc",
		"google.golang.org/protobuf/types/descriptorpb", "google.golang.org/protobuf/types/dynamicpb",
	} {
		if slices.Contains(imports, heavy) {
			t.Errorf("%s is imported, directly or not", heavy)
		}
	}
	for _, p := range imports {
		if strings.HasPrefix(p, "github.com/ansar-go/") && !strings.HasSuffix(p, "/internal/settings") {
			t.Errorf("%s is imported: the arrows between packages do not allow it", p)
		}
	}
}
