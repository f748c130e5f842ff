package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/ansar-go/ansar/internal/bench/measure"
)

// runRole measures the ms that "ansar run noop-0" takes in a home whose
// programs lie in the folder bin. The home is made anew each time, and that is
// not measured.
func runRole(ansar, bin string) measure.Func {
	return func(ctx context.Context) (float64, error) {
		folder, err := os.MkdirTemp("", "bench-home")
		if err != nil {
			return 0, err
		}
		defer os.RemoveAll(folder)
		do := func(args ...string) error {
			command := exec.CommandContext(ctx, ansar, args...)
			command.Dir = folder
			if text, err := command.CombinedOutput(); err != nil {
				return fmt.Errorf("ansar %v: %w\n%s", args, err, text)
			}
			return nil
		}
		for _, args := range [][]string{{"create", "--redirect-bin=" + bin}, {"add", "noop"}} {
			if err := do(args...); err != nil {
				return 0, err
			}
		}
		begun := time.Now()
		for range spawns {
			if err := do("run", "noop-0"); err != nil {
				return 0, err
			}
		}
		return float64(time.Since(begun).Microseconds()) / 1000 / spawns, nil
	}
}
