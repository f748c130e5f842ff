//go:build linux

package groups

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
)

// ansar is ours: roles in the background, each with a small runner.
func ansar(bins Bins) Tool {
	program := filepath.Join(bins.Ansar, "ansar")
	command := func(words ...string) func(*Site) []string {
		return func(*Site) []string { return append([]string{program}, words...) }
	}
	return Tool{
		Name: "ansar", Needs: []string{program}, Install: "go build ./cmd/ansar",
		Prepare: func(s *Site, roles []Role) error {
			words := [][]string{{"create"}}
			for _, r := range roles {
				words = append(words, append([]string{"add", "--command", s.Helper, r.Name, "--"}, r.Args...))
			}
			words = append(words, []string{"set", "storage", ".*", "--value=1GiB"}) // others keep all, too
			for _, args := range words {
				add := exec.Command(program, args...)
				add.Dir, add.Env = s.Folder, s.env()
				if text, err := add.CombinedOutput(); err != nil {
					return fmt.Errorf("ansar %s: %w: %s", args[0], errors.Join(err), bytes.TrimSpace(text))
				}
			}
			return nil
		},
		Start: command("start"), Stop: command("stop"), Status: command("status"),
		Logs: func(s *Site, role string) []string {
			files, _ := filepath.Glob(s.Path(".ansar-home", "logs", role, "*"))
			slices.Sort(files) // log.txt, after the segments that carry a time: its name is the longer one's beginning
			return files
		},
	}
}
