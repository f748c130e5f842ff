package arch

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each rule is tried on a module with one file.
func TestRulesBite(t *testing.T) {
	tests := []struct {
		name, file, imports string
		want                string // part of the line; empty: allowed
	}{
		{"lifecycle imports protobuf", "lifecycle/a.go", "google.golang.org/protobuf/proto", ""},
		{"lifecycle imports no other library", "lifecycle/a.go", "golang.org/x/sys/unix", "its only library is protobuf"},
		{"lifecycle imports nothing of ours", "lifecycle/a.go", module + "/framework/options", "it imports nothing of ours"},
		{"osproc imports nothing of ours", "internal/osproc/a.go", module + "/lifecycle", "it imports nothing of ours"},
		{"logstore imports nothing of ours", "internal/logstore/a.go", module + "/lifecycle", "it imports nothing of ours"},
		{"link imports lifecycle", "internal/link/a.go", module + "/lifecycle", ""},
		{"link knows no processes", "internal/link/a.go", module + "/internal/osproc", "no arrow leads there"},
		{"actor imports the engine", "actor/a.go", "github.com/asynkron/protoactor-go/actor", ""},
		{"actor knows no home", "actor/a.go", module + "/internal/home", "no arrow leads there"},
		{"actor knows no framework", "actor/a.go", module + "/framework", "no arrow leads there"},
		{"actor knows no command", "actor/a.go", module + "/internal/cli", "no arrow leads there"},
		{"actor knows no flags", "actor/a.go", "github.com/spf13/pflag", "only framework"},
		{"schedule has no engine", "actor/schedule/a.go", "github.com/asynkron/protoactor-go/actor", "only actor may"},
		{"framework has no engine, not even in a test", "framework/a_test.go", "github.com/asynkron/protoactor-go/actor", "only actor may"},
		{"framework knows flags", "framework/a.go", "github.com/spf13/pflag", ""},
		{"framework is not the command", "framework/a.go", "github.com/spf13/cobra", "only internal/cli, internal/cli/pages may"},
		{"framework starts processes through actor", "framework/a.go", module + "/internal/osproc", "no arrow leads there"},
		{"a home knows no objects", "internal/home/a.go", module + "/actor", "no arrow leads there"},
		{"a home has its messages", "internal/home/a.go", module + "/internal/home/homepb", ""},
		{"messages import messages", "internal/home/homepb/a.go", module + "/framework/options", ""},
		{"messages import nothing that runs", "internal/home/homepb/a.go", module + "/internal/home", "generated messages"},
		{"deploy does not run anything", "internal/deploy/a.go", module + "/internal/group", "no arrow leads there"},
		{"the command reaches schedules", "internal/cli/a.go", module + "/actor/schedule", ""},
		{"main is only the command", "cmd/ansar/main.go", module + "/internal/home", "no arrow leads there"},
		{"examples use what users use", "examples/noop/noop.go", module + "/internal/settings", "no arrow leads there"},
		{"the main of an example imports its body", "examples/noop/main/main.go", module + "/examples/noop", ""},
		{"tests may look anywhere", "internal/home/a_test.go", module + "/actor", ""},
		{"files of other systems count", "internal/osproc/a_darwin.go", module + "/actor", "it imports nothing of ours"},
		{"a new package needs a row", "internal/new/a.go", "fmt", "in no row of the table"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			name := filepath.Join(root, filepath.FromSlash(tt.file))
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, fmt.Appendf(nil, "package p\n\nimport _ %q\n", tt.imports), 0o644); err != nil {
				t.Fatal(err)
			}
			got := strings.Join(violations(t, root), "\n")
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("violations: %q, want %q", got, tt.want)
			}
		})
	}
}
