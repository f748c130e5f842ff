package cli

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/deploy"
)

// caution tells what is not deployed: as a line of the log, or in plain words if
// there is none.
func (e *env) caution(text string) {
	if e.level > actor.LevelWarning {
		fmt.Fprintf(e.stderr, "ansar: %s\n", text)
		return
	}
	e.sink()(&actor.LogRecord{
		Time: timestamppb.New(time.Now()), Pid: int32(os.Getpid()), Tag: "?", Id: "00000001", Name: "ansar", Text: text,
	})
}

// rehearse prints what a deployment would do.
func (e *env) rehearse(drawer deploy.Drawer, group *deployGroup, nothing string) error {
	plan, err := drawer.Draw(e.ctx)
	if err != nil {
		return &failure{err}
	}
	for _, warning := range plan.Warnings {
		e.caution(warning)
	}
	touched := plan.Touched()
	running, err := group.Running(slices.Sorted(maps.Keys(group.roles)))
	if err != nil {
		return err
	}
	var restart, alone, idle []string
	for _, m := range running {
		if slices.Contains(touched, m.Role) {
			restart = append(restart, m.Role)
		} else {
			alone = append(alone, m.Role)
		}
	}
	for _, role := range touched {
		if !slices.Contains(restart, role) {
			idle = append(idle, role)
		}
	}
	out := &bytes.Buffer{}
	n := printChanges(out, plan)
	if n == 0 {
		fmt.Fprintln(out, nothing)
	} else {
		fmt.Fprintf(out, "%s, %s to copy\n", changesText(n), bytesText(plan.Bytes()))
	}
	for _, list := range []struct {
		what  string
		roles []string
	}{{"would restart", restart}, {"would update, not running", idle}, {"would leave alone", alone}} {
		if len(list.roles) > 0 {
			fmt.Fprintf(out, "%s: %s\n", list.what, strings.Join(list.roles, ", "))
		}
	}
	return e.print(out.Bytes())
}

func changesText(n int) string {
	if n == 1 {
		return "1 change"
	}
	return fmt.Sprintf("%d changes", n)
}

// printChanges prints a line for each change, and returns how many there are.
func printChanges(out *bytes.Buffer, plan *deploy.Plan) int {
	items := plan.Items()
	for _, c := range items {
		node := c.New
		if c.Op == deploy.Remove {
			node = c.Old
		}
		switch {
		case c.Op == deploy.Chmod:
			fmt.Fprintf(out, "%-6s %s %v to %v\n", c.Op, c.Name, c.Old.Mode, c.New.Mode)
		case c.Op != deploy.Remove && node.Kind == deploy.File:
			fmt.Fprintf(out, "%-6s %s %s\n", c.Op, c.Name, bytesText(node.Size))
		default:
			fmt.Fprintf(out, "%-6s %s %v\n", c.Op, c.Name, node.Kind)
		}
	}
	return len(items)
}
