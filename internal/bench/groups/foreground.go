//go:build linux

package groups

import (
	"encoding/json"
	"fmt"
	"net"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// Versions of the tools that npm gets.
const (
	pm2Version    = "7.0.4"
	mprocsVersion = "0.9.6"
)

// foreman runs a Procfile for as long as all of its roles run.
func foreman() Tool {
	return Tool{
		Name: "foreman", Needs: []string{"foreman"}, Install: "apt-get install ruby-foreman",
		Prepare: func(s *Site, roles []Role) error {
			var text strings.Builder
			for _, r := range roles {
				fmt.Fprintf(&text, "%s: %s\n", r.Name, s.Line(r))
			}
			return s.Write(0o644, text.String(), "Procfile")
		},
		Start:      func(*Site) []string { return []string{"foreman", "start", "-f", "Procfile"} },
		StopSignal: syscall.SIGINT,
		Logs:       func(s *Site, _ string) []string { return []string{s.Path("out.log")} },
	}
}

// pm2 has a daemon, which its first command starts.
func pm2(bins Bins) Tool {
	program := filepath.Join(bins.NPM, "pm2")
	return Tool{
		Name: "pm2", Needs: []string{program, "node"}, Install: "npm install pm2, see -install",
		Env: func(s *Site) []string {
			return []string{"PM2_HOME=" + s.Path("pm2"), "PM2_DISCRETE_MODE=true", "PM2_DISABLE_VERSION_CHECK=true"}
		},
		Prepare: func(s *Site, roles []Role) error {
			type app struct {
				Name        string   `json:"name"`
				Script      string   `json:"script"`
				Args        []string `json:"args"`
				Interpreter string   `json:"interpreter"`
				Restart     bool     `json:"autorestart"`
				Out         string   `json:"out_file"`
				Error       string   `json:"error_file"`
				Merge       bool     `json:"merge_logs"`
			}
			var apps []app
			for _, r := range roles {
				apps = append(apps, app{r.Name, s.Helper, r.Args, "none", !r.Once, s.Path(r.Name + ".log"), s.Path(r.Name + ".err"), true})
			}
			text, err := json.Marshal(map[string]any{"apps": apps})
			if err != nil {
				return err
			}
			return s.Write(0o644, string(text), "ecosystem.json")
		},
		Start:  func(*Site) []string { return []string{program, "start", "ecosystem.json"} },
		Stop:   func(*Site) []string { return []string{program, "kill"} },
		Status: func(*Site) []string { return []string{program, "list"} },
		Logs:   func(s *Site, role string) []string { return []string{s.Path(role + ".log")} },
	}
}

// mprocs is a screen full of roles, with a port to command it.
func mprocs(bins Bins) Tool {
	// The program itself, and not the script of node that starts it.
	arch := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]
	program := filepath.Join(bins.NPM, "..", "mprocs", "mprocs-"+mprocsVersion+"-linux-"+arch+"-musl", "mprocs")
	return Tool{
		Name: "mprocs", Needs: []string{program}, Install: "npm install mprocs, see -install", Terminal: true,
		Env: func(s *Site) []string { return []string{"XDG_CONFIG_HOME=" + s.Folder} },
		Prepare: func(s *Site, roles []Role) error {
			free, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			s.port = free.Addr().String()
			free.Close()
			type proc struct {
				Cmd     []string `json:"cmd"`
				Restart bool     `json:"autorestart"`
			}
			procs := map[string]proc{}
			for _, r := range roles {
				procs[r.Name] = proc{s.Argv(r), false}
			}
			text, err := json.Marshal(map[string]any{"server": s.port, "proc_log": map[string]string{"dir": s.Folder}, "procs": procs})
			if err != nil {
				return err
			}
			return s.Write(0o644, string(text), "mprocs.json")
		},
		Start: func(*Site) []string { return []string{program, "-c", "mprocs.json"} },
		Stop:  func(s *Site) []string { return []string{program, "--server", s.port, "--ctl", "{c: quit}"} },
		Logs:  func(s *Site, role string) []string { return []string{s.Path(role + ".log")} },
	}
}
