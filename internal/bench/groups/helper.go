//go:build linux

package groups

import (
	"context"
	_ "embed"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/ansar-go/ansar/internal/bench/measure"
)

//go:embed role/role.c
var roleSource []byte

// BuildHelper makes the program of the roles in the folder and returns its path:
// the C one, which costs next to nothing, or where there is no C compiler its
// twin in Go. module is the folder of this module.
func BuildHelper(ctx context.Context, module, folder string) (string, error) {
	helper := filepath.Join(folder, "role")
	cc, err := exec.LookPath("cc")
	if err != nil {
		return helper, measure.Build(ctx, module, "./role", helper)
	}
	source := filepath.Join(folder, "role.c")
	if err := os.WriteFile(source, roleSource, 0o644); err != nil {
		return "", err
	}
	for _, static := range [][]string{{"-static"}, nil} {
		args := append([]string{"-O2", "-o", helper, source}, static...)
		if exec.CommandContext(ctx, cc, args...).Run() == nil {
			return helper, nil
		}
	}
	return helper, measure.Build(ctx, module, "./role", helper) // a compiler without a C library
}

// BuildAnsar makes ansar and what it needs in the folder, as make build does and
// an installation would.
func BuildAnsar(ctx context.Context, module, folder string) error {
	root := filepath.Join(module, "..", "..")
	commands, err := filepath.Glob(filepath.Join(root, "cmd", "*", "main.go"))
	if err != nil {
		return err
	}
	for _, main := range commands {
		name := filepath.Base(filepath.Dir(main))
		command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(folder, name), "./cmd/"+name)
		command.Dir, command.Env = root, append(os.Environ(), "CGO_ENABLED=0")
		if text, err := command.CombinedOutput(); err != nil {
			return &buildError{name, err, text}
		}
		if err := measure.Rewrite(filepath.Join(folder, name)); err != nil {
			return err
		}
	}
	return nil
}

type buildError struct {
	name string
	err  error
	text []byte
}

func (e *buildError) Error() string {
	return "build " + e.name + ": " + e.err.Error() + "\n" + string(e.text)
}
func (e *buildError) Unwrap() error { return e.err }
