//go:build linux

package groups

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var small = Sizes{Roles: 4, Lines: 2000, Settle: 20 * time.Millisecond, Idle: 50 * time.Millisecond}

// Every tool that the machine has does what the cases ask it for, and when a
// group is left nothing of it lives. In short, ours.
func TestToolsDoWhatIsMeasured(t *testing.T) {
	folder := t.TempDir()
	helper, err := BuildHelper(t.Context(), "..", folder)
	if err != nil {
		t.Fatal(err)
	}
	unbuilt := BuildAnsar(t.Context(), "..", folder)
	bins := Bins{Ansar: folder, NPM: filepath.Join("..", "..", "..", "dist", "peers", "node_modules", ".bin")}
	if npm := os.Getenv("PEERS_NPM"); npm != "" {
		bins.NPM = npm
	}
	tools := Tools(bins)
	if testing.Short() {
		tools = tools[:1]
	}
	for _, tool := range tools {
		t.Run(tool.Name, func(t *testing.T) {
			if tool.Name == "ansar" && unbuilt != nil {
				t.Fatal(unbuilt)
			}
			if err := tool.Missing(); err != nil {
				t.Skip(err)
			}
			for _, c := range Cases() {
				if c.Name != "stubborn" || !neverEnds[tool.Name] && !testing.Short() { // it takes a grace
					t.Run(c.Name, func(t *testing.T) { try(t, &tool, c, helper, bins) })
				}
			}
		})
	}
}

// neverEnds are the tools that one stubborn role holds up for good.
var neverEnds = map[string]bool{"runit": true, "daemontools": true, "mprocs": true}

func try(t *testing.T, tool *Tool, c Case, helper string, bins Bins) {
	s, err := newSite(tool, helper, bins)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeoutCause(t.Context(), c.Limit, fmt.Errorf("not within %v", c.Limit))
	defer cancel()
	figures, err := c.run(ctx, s, small)
	left := s.leave(false)
	if err != nil {
		t.Errorf("measure: %v", err)
	}
	for _, column := range c.Columns {
		if _, ok := figures[column.Name]; !ok && err == nil && (column.Name != "status" || tool.Status != nil) {
			t.Errorf("no figure %q", column.Name)
		}
	}
	if len(left) > 0 && tool.Name == "ansar" {
		t.Errorf("left behind, and killed: %v", left)
	}
	if alive := s.processes(); len(alive) > 0 {
		t.Errorf("still alive: %v", alive)
	}
	t.Logf("%v; ended by id: %v", figures, left)
}

func TestTableOfAResult(t *testing.T) {
	r := &Result{figures: map[key][]figure{}, trouble: map[key]string{}, sizes: small}
	r.add(key{"start", "ours"}, 0, map[string]float64{"all run": 0.1}, nil)
	r.add(key{"start", "ours"}, 1, map[string]float64{"all run": 0.2}, nil)
	r.add(key{"start", "theirs"}, 0, map[string]float64{"all run": 0.3}, nil)
	r.add(key{"start", "theirs"}, 1, nil, fmt.Errorf("never | ended"))
	r.add(key{"start", "absent"}, 0, nil, fmt.Errorf("%w: x", ErrMissing))
	var b strings.Builder
	tools := []Tool{{Name: "ours"}, {Name: "theirs"}, {Name: "absent"}}
	if err := r.Markdown(&b, tools, []Case{{Name: "start", Columns: []Column{{Name: "all run", Unit: "s"}}}}); err != nil {
		t.Fatal(err)
	}
	want := `### start

| tool | all run, s | rounds |
| --- | --- | --- |
| ours | 0.15 | 2 |
| theirs | 0.3 (3) | 1: never / ended |
| absent | - | 0: not installed: x |

4 roles, 2000 lines of 100 bytes in all; 0s. Medians of the rounds; in brackets the median of the ratios of each round to ours.
`
	if b.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
	}
}
