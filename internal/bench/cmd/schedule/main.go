// Schedule measures what a scheduled job costs beside a bare loop of os/exec, GNU
// parallel and xargs, and prints one table. It builds what it measures, and is run
// in internal/bench:
//
//	go run ./cmd/schedule             everything
//	go run ./cmd/schedule -rounds 9   with more rounds
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/internal/bench/measure"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	rounds := flag.Int("rounds", 5, "how often everything is measured")
	budget := flag.Duration("budget", 5*time.Minute, "time after which no round begins that would not end within it")
	flag.Parse()
	if err := run(ctx, *rounds, *budget); err != nil {
		fmt.Fprintf(os.Stderr, "schedule: %v\n", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, rounds int, budget time.Duration) error {
	folder, err := os.MkdirTemp("", "schedule-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	p := programs{
		folder: folder, ansar: filepath.Join(folder, "ansar"), raw: filepath.Join(folder, "raw"), plans: filepath.Join(folder, "plans"),
	}
	for out, source := range map[string][2]string{
		p.ansar: {"../..", "./cmd/ansar"}, p.raw: {".", "./raw"}, p.plans: {".", "./plans"},
	} {
		fmt.Fprintf(os.Stderr, "build %s\n", source[1])
		if err := measure.Build(ctx, source[0], source[1], out); err != nil {
			return err
		}
	}
	if err := p.writePlans(); err != nil {
		return err
	}
	table := measure.Run(ctx, p.entries(), &measure.Options{Rounds: rounds, Budget: budget, Progress: os.Stderr})
	if _, err := table.WriteTo(os.Stdout); err != nil {
		return err
	}
	return table.Err()
}
