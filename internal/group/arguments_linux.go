package group

import (
	"bytes"
	"os"
	"strconv"
	"strings"
)

// args returns the settings for one run that a component was started with: its
// arguments but for those that name its home and role.
func (m Member) args() []string {
	if m.Plain || m.Holder == nil || !m.Holder.Visible {
		return nil
	}
	text, err := os.ReadFile("/proc/" + strconv.Itoa(m.Holder.PID) + "/cmdline")
	if err != nil || !m.Holder.Alive() {
		return nil
	}
	var args []string
	for i, arg := range bytes.Split(bytes.TrimSuffix(text, []byte{0}), []byte{0}) {
		if s := string(arg); i > 0 && !strings.HasPrefix(s, "--home-path=") && !strings.HasPrefix(s, "--role-name=") {
			args = append(args, s)
		}
	}
	return args
}
