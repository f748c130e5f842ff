//go:build linux

package groups

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Three tools of one kind: a folder for each role with a program named run, and
// a logger of its own behind a pipe.

// service writes the folder of a role in the folder svc.
func (s *Site) service(r Role, logger string) error {
	err := s.Write(0o755, "#!/bin/sh\nexec 2>&1\nexec "+s.Line(r)+"\n", "svc", r.Name, "run")
	if err == nil {
		err = s.Write(0o755, "#!/bin/sh\nexec "+logger+"\n", "svc", r.Name, "log", "run")
	}
	if err == nil && r.Once {
		err = s.Write(0o644, "", "svc", r.Name, "down") // started by hand, once
	}
	return err
}

// byTime lists the files of a logger that names segments by the time.
func byTime(s *Site, role string) []string {
	old, _ := filepath.Glob(s.Path("logs", role, "@*"))
	slices.Sort(old)
	return append(old, s.Path("logs", role, "current"))
}

// once is a shell's loop that waits for the pipe of each role's supervisor and
// then has it run the role once.
func once(roles []Role, pipe, command string) string {
	if len(roles) == 0 || !roles[0].Once {
		return ""
	}
	return fmt.Sprintf("for i in svc/*; do until [ -p $i/supervise/%s ]; do sleep 0.01; done; done; %s\n", pipe, command)
}

func s6() Tool {
	return Tool{
		Name: "s6", Needs: []string{"s6-svscan", "s6-log", "s6-svstat", "s6-svscanctl"}, Install: "apt-get install s6",
		Prepare: func(s *Site, roles []Role) error {
			for _, r := range roles {
				once := r.Once
				r.Once = false // a finish of 125 says that it is not to be started again
				err := s.service(r, "s6-log -b n20 s100000000 "+s.Path("logs", r.Name))
				if err == nil && once {
					err = s.Write(0o755, "#!/bin/sh\nexit 125\n", "svc", r.Name, "finish")
				}
				if err == nil {
					err = s.Write(0o644, "5000\n", "svc", r.Name, "timeout-kill")
				}
				if err == nil {
					err = s.Write(0o644, "", "logs", ".keep")
				}
				if err != nil {
					return err
				}
			}
			return nil
		},
		Start: func(s *Site) []string { return []string{"s6-svscan", s.Path("svc")} },
		Stop:  func(s *Site) []string { return []string{"s6-svscanctl", "-t", s.Path("svc")} },
		Status: func(s *Site) []string {
			return []string{"sh", "-c", "for i in svc/*; do s6-svstat $i; done"}
		},
		Logs: byTime,
	}
}

func runit() Tool {
	return Tool{
		Name: "runit", Needs: []string{"runsvdir", "runsv", "svlogd", "sv"}, Install: "apt-get install runit",
		Prepare: func(s *Site, roles []Role) error {
			for _, r := range roles {
				if err := s.service(r, "svlogd "+s.Path("logs", r.Name)); err != nil {
					return err
				}
				if err := s.Write(0o644, "s100000000\nn20\n", "logs", r.Name, "config"); err != nil {
					return err
				}
			}
			return s.Write(0o644, once(roles, "ok", "sv once ./svc/* >once.log"), "once.sh")
		},
		Start: func(s *Site) []string { return []string{"sh", "-c", "sh once.sh & exec runsvdir svc"} },
		Stop: func(s *Site) []string {
			return []string{"sh", "-c", fmt.Sprintf("kill -HUP %d", s.command.Process.Pid)}
		},
		Status: func(s *Site) []string { return []string{"sh", "-c", "sv status ./svc/*"} },
		Logs:   byTime,
	}
}

func daemontools() Tool {
	return Tool{
		Name: "daemontools", Needs: []string{"svscan", "supervise", "multilog", "svc", "svstat"}, Install: "apt-get install daemontools",
		Prepare: func(s *Site, roles []Role) error {
			for _, r := range roles {
				if err := s.service(r, "multilog s16777215 n20 "+s.Path("logs", r.Name)); err != nil {
					return err
				}
			}
			if err := s.Write(0o644, "", "logs", ".keep"); err != nil {
				return err
			}
			return s.Write(0o644, once(roles, "ok", "exec svc -o svc/*"), "once.sh")
		},
		Start: func(s *Site) []string { return []string{"sh", "-c", "sh once.sh & exec svscan svc"} },
		Stop: func(s *Site) []string {
			return []string{"sh", "-c", fmt.Sprintf("kill %d; svc -dx svc/*; svc -dx svc/*/log", s.command.Process.Pid)}
		},
		Status: func(s *Site) []string { return []string{"sh", "-c", "svstat svc/*"} },
		Logs:   byTime,
	}
}

// supervisor is told about roles by a file of sections.
func supervisor() Tool {
	config := func(s *Site) string { return s.Path("supervisor.conf") }
	control := func(s *Site, word string) []string { return []string{"supervisorctl", "-c", config(s), word} }
	return Tool{
		Name: "supervisor", Needs: []string{"supervisord", "supervisorctl"}, Install: "apt-get install supervisor",
		Prepare: func(s *Site, roles []Role) error {
			var text strings.Builder
			fmt.Fprintf(&text, "[unix_http_server]\nfile=%[1]s/control.sock\n[supervisord]\nlogfile=%[1]s/supervisord.log\npidfile=%[1]s/supervisord.pid\n"+
				"[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n"+
				"[supervisorctl]\nserverurl=unix://%[1]s/control.sock\n", s.Folder)
			for _, r := range roles {
				fmt.Fprintf(&text, "[program:%s]\ncommand=%s\nredirect_stderr=true\nstdout_logfile=%s\nstdout_logfile_maxbytes=0\n"+
					"startsecs=0\nautorestart=%v\n", r.Name, s.Line(r), s.Path(r.Name+".log"), !r.Once)
			}
			return s.Write(0o600, text.String(), "supervisor.conf")
		},
		Start:  func(s *Site) []string { return []string{"supervisord", "-n", "-c", config(s)} },
		Stop:   func(s *Site) []string { return control(s, "shutdown") },
		Status: func(s *Site) []string { return control(s, "status") },
		Logs:   func(s *Site, role string) []string { return []string{s.Path(role + ".log")} },
	}
}
