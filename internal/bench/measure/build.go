package measure

import (
	"context"
	"fmt"
	"os/exec"
)

// Build compiles a package of the module in folder into the file out, as a
// release would be: without paths, symbols and debug information.
func Build(ctx context.Context, folder, pkg, out string) error {
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", out, pkg)
	command.Dir = folder
	if text, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s in %s: %w\n%s", pkg, folder, err, text)
	}
	return nil
}
