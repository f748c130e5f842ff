package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/ansar-go/ansar/internal/deploy"
	"github.com/ansar-go/ansar/internal/home"
)

// watch deploys each time something in the folders changes, until it is
// interrupted. What goes wrong is told, and tried again with the next change.
func (e *env) watch(h *home.Home, f *deployFlags) error {
	var folders []string
	for _, path := range []string{f.build, f.snapshot} {
		if path == "" {
			continue
		}
		absolute, err := filepath.Abs(path)
		if err != nil {
			return err
		}
		folders = append(folders, absolute)
	}
	if _, _, err := e.deployment(h, f); err != nil {
		return err // now, not after the first change
	}
	err := deploy.Watch(e.ctx, folders, func() bool {
		deployed, err := e.redeploy(h, f)
		if err != nil && !errors.Is(err, context.Canceled) {
			text, _ := explain(e.command, err)
			fmt.Fprintf(e.stderr, "ansar: %s\n", text)
		}
		return deployed
	})
	if err != nil {
		return &failure{err}
	}
	return e.ctx.Err()
}

// redeploy deploys once, and reports whether that has changed anything.
func (e *env) redeploy(h *home.Home, f *deployFlags) (bool, error) {
	drawer, group, err := e.deployment(h, f)
	if err != nil {
		return false, err
	}
	plan, err := e.deployOnce(e.ctx, &deploy.Deployment{Drawer: drawer, Group: group, KeepFailed: f.revert == "never"})
	if err != nil || plan.Empty() {
		return errors.As(err, new(*deploy.RevertedError)), err
	}
	text := fmt.Sprintf("deployed %s, %s", changesText(len(plan.Items())), bytesText(plan.Bytes()))
	if len(group.started) > 0 {
		text += ", restarted " + strings.Join(group.started, ", ")
	}
	fmt.Fprintf(e.stderr, "ansar: %s\n", text)
	return true, nil
}
