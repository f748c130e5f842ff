// Peers compares ansar with other tools for groups of processes and prints
// tables of Markdown. See package groups.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/internal/bench/groups"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		cancel()
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	var o groups.Options
	o.Progress = os.Stderr
	tool := flag.String("tool", "", "only tools whose name matches, beside ansar")
	name := flag.String("case", "", "only cases whose name matches")
	npm := flag.String("npm", "", "folder with the tools of npm, ../../dist/peers if empty")
	install := flag.Bool("install", false, "have npm put its tools into that folder where they are missing")
	flag.IntVar(&o.Rounds, "rounds", 3, "how often everything is measured")
	flag.DurationVar(&o.Budget, "budget", 15*time.Minute, "begin nothing later than that")
	flag.IntVar(&o.Sizes.Roles, "roles", 40, "roles of a group")
	flag.IntVar(&o.Sizes.Lines, "lines", 1_000_000, "lines that are logged in all")
	flag.BoolVar(&o.Keep, "keep", false, "leave the folders of the groups")
	flag.Parse()
	module, err := moduleFolder()
	if err != nil {
		return err
	}
	if *npm == "" {
		*npm = filepath.Join(module, "..", "..", "dist", "peers")
	}
	folder, err := os.MkdirTemp("", "peers-bin-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	bins := groups.Bins{Ansar: folder, NPM: filepath.Join(*npm, "node_modules", ".bin")}
	helper, err := groups.BuildHelper(ctx, module, folder)
	if err != nil {
		return err
	}
	if err := groups.BuildAnsar(ctx, module, folder); err != nil {
		return err
	}
	if *install {
		if _, err := groups.Install(ctx, *npm); err != nil {
			fmt.Fprintln(os.Stderr, "peers:", err) // the table names what is missing
		}
	}
	tools, cases, err := choose(groups.Tools(bins), groups.Cases(), *tool, *name)
	if err != nil {
		return err
	}
	return groups.Run(ctx, tools, cases, helper, bins, &o).Markdown(os.Stdout, tools, cases)
}

// choose keeps the tools and cases that were asked for, and always ours.
func choose(tools []groups.Tool, cases []groups.Case, tool, name string) ([]groups.Tool, []groups.Case, error) {
	toolWords, err := regexp.Compile(tool)
	if err != nil {
		return nil, nil, err
	}
	caseWords, err := regexp.Compile(name)
	if err != nil {
		return nil, nil, err
	}
	kept := tools[:1:1]
	for _, t := range tools[1:] {
		if toolWords.MatchString(t.Name) {
			kept = append(kept, t)
		}
	}
	var chosen []groups.Case
	for _, c := range cases {
		if caseWords.MatchString(c.Name) {
			chosen = append(chosen, c)
		}
	}
	return kept, chosen, nil
}

// moduleFolder returns the folder of the module of the benchmarks.
func moduleFolder() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", err
	}
	return filepath.Dir(strings.TrimSpace(string(out))), nil
}
