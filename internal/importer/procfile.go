package importer

import (
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/framework/homepb"
	"github.com/ansar-go/ansar/internal/property"
)

// portStep is between the PORTs of two processes of a Procfile.
const portStep = 100

var procfileLine = regexp.MustCompile(`^([A-Za-z0-9_-]+):[ \t]*(.*)$`)

// procfile reads lines of name: command.
func (r *reader) procfile(text string) error {
	shell, err := property.FindProgram("sh")
	if err != nil {
		return r.errorf(1, "%w", err)
	}
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		m := procfileLine.FindStringSubmatch(line)
		switch {
		case m == nil:
			return r.errorf(number, "the line is not <name>: <command>")
		case m[2] == "":
			return r.errorf(number, "process %q has no command", m[1])
		}
		port := r.Port + portStep*len(r.plan.Roles)
		if port > 65535 {
			return r.errorf(number, "process %q would get the PORT %d, above 65535: begin with a lower one", m[1], port)
		}
		command, err := property.Make("command", &homepb.Command{
			Program: &shell, Args: []string{"-c", forShell(m[2], syscall.SIGTERM, "SIGTERM")}, Dir: proto.String(r.Dir),
			StopGroup: proto.Bool(true), Env: map[string]string{"PORT": strconv.Itoa(port)},
		})
		if err == nil {
			err = r.add(number, m[1], shell, r.Secrets, command)
		} else {
			err = r.errorf(number, "%w", err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
