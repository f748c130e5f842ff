package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/ansar-go/ansar/internal/bench/measure"
)

// programs are the executables that entries ask for, built into one folder.
type programs struct {
	folder string
	asked  []program
}

type program struct{ module, pkg, out string }

// path returns where the package of a module will be built, a folder below
// internal/bench.
func (p *programs) path(module, pkg string) string {
	out := filepath.Join(p.folder, fmt.Sprintf("%s-%s", filepath.Base(module), filepath.Base(pkg)))
	p.asked = append(p.asked, program{module, pkg, out})
	return out
}

// build makes what was asked for.
func (p *programs) build(ctx context.Context, progress io.Writer) error {
	if _, err := os.Stat("floor/go.mod"); err != nil {
		return fmt.Errorf("find the programs to measure: %w: run it in internal/bench", err)
	}
	for _, program := range p.asked {
		fmt.Fprintf(progress, "build %s of %s\n", program.pkg, program.module)
		if err := measure.Build(ctx, program.module, program.pkg, program.out); err != nil {
			return err
		}
	}
	return nil
}
