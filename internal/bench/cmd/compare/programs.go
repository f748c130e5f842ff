package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/ansar-go/ansar/internal/bench/measure"
)

// programs are the executables that entries ask for, built into one folder.
type programs struct {
	folder string
	asked  []program
}

type program struct{ module, pkg, out string }

// path returns where the program of that name will be: built of a package of
// the module in a folder, seen from internal/bench. All programs lie in one
// folder, so they find each other by name.
func (p *programs) path(name, module, pkg string) string {
	asked := program{module, pkg, filepath.Join(p.folder, name)}
	if !slices.Contains(p.asked, asked) {
		p.asked = append(p.asked, asked)
	}
	return asked.out
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
