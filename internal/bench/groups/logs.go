//go:build linux

package groups

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"time"
)

// errNoLogs is the error of a tool that keeps nothing of what roles print.
var errNoLogs = errors.New("keeps no logs")

// logCase measures how long it takes until all that roles print is in the files
// of the tool. All roles print, or so many of them.
func logCase(printing int) func(context.Context, *Site, Sizes) (map[string]float64, error) {
	return func(ctx context.Context, s *Site, z Sizes) (map[string]float64, error) {
		if s.tool.Logs == nil {
			return nil, errNoLogs
		}
		if printing > 0 {
			z.Roles = printing
		}
		lines := z.Lines / z.Roles
		roles := group(z, s.Path("roles.sock"), "print", strconv.Itoa(lines))
		if err := s.tool.Prepare(s, roles); err != nil {
			return nil, err
		}
		start := time.Now()
		if err := s.start(); err != nil {
			return nil, err
		}
		if err := s.callers.wait(ctx, func(calls, _ int) bool { return calls >= z.Roles }); err != nil {
			return nil, fmt.Errorf("not all was printed: %w: %s", err, s.tail())
		}
		for _, r := range roles { // all are printed now: the last must come into the file
			last := fmt.Appendf(nil, "L%08d ", lines-1)
			for !s.logged(r.Name, last) {
				if pause(ctx, 2*time.Millisecond); ctx.Err() != nil {
					return nil, fmt.Errorf("the last line of %s did not come: %w", r.Name, context.Cause(ctx))
				}
			}
		}
		figures := map[string]float64{"all in the log": time.Since(start).Seconds()}
		_, done, err := finish(ctx, s, 0)
		if err != nil {
			return nil, err
		}
		if err := s.over(ctx, done); err != nil {
			return nil, err
		}
		return figures, s.count(roles, lines, figures)
	}
}

// logged reports whether the line is at the end of what the role has printed.
func (s *Site) logged(role string, line []byte) bool {
	for _, path := range s.tool.Logs(s, role) {
		f, err := os.Open(path)
		if err != nil {
			continue // rotated, or not there yet
		}
		end, _ := f.Seek(0, io.SeekEnd)
		tail := make([]byte, min(end, 32*1024)) // of all roles together, in one file
		_, _ = f.ReadAt(tail, end-int64(len(tail)))
		f.Close()
		if bytes.Contains(tail, line) {
			return true
		}
	}
	return false
}

var printed = regexp.MustCompile(`L(\d{8}) (x*)`)

// count looks for every line that was printed.
func (s *Site) count(roles []Role, lines int, figures map[string]float64) error {
	found, torn := 0, 0
	counted := map[string]bool{}
	for _, r := range roles {
		for _, path := range s.tool.Logs(s, r.Name) {
			if counted[path] || !exists(path) {
				continue
			}
			counted[path] = true
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			text := bufio.NewScanner(f)
			text.Buffer(nil, 1<<20)
			for text.Scan() {
				if m := printed.FindSubmatch(text.Bytes()); m != nil {
					if found++; len(m[2]) != 89 {
						torn++
					}
				}
			}
			f.Close()
		}
	}
	figures["lost"], figures["torn"] = float64(len(roles)*lines-found), float64(torn)
	return nil
}
