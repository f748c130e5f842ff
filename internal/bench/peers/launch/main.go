// Launch starts a plugin, calls its function once and prints how many
// milliseconds that took:
//
//	launch PLUGIN
package main

import (
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/ansar-go/ansar/internal/bench/peers/noop"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "launch: name the plugin to launch: launch PLUGIN")
		os.Exit(2)
	}
	took, err := launch(os.Args[1])
	if err != nil {
		fmt.Fprintf(os.Stderr, "launch: %v\n", err)
		os.Exit(1)
	}
	fmt.Printf("%.3f ms\n", float64(took)/float64(time.Millisecond))
}

// launch returns the time from the start of the plugin until its first answer,
// and leaves no plugin behind.
func launch(path string) (time.Duration, error) {
	begin := time.Now()
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: noop.Handshake,
		Plugins:         plugin.PluginSet{noop.Name: noop.Plugin{}},
		Cmd:             exec.Command(path),
		Logger:          hclog.NewNullLogger(),
	})
	defer client.Kill()
	connection, err := client.Client()
	if err != nil {
		return 0, fmt.Errorf("start %s: %w", path, err)
	}
	raw, err := connection.Dispense(noop.Name)
	if err != nil {
		return 0, fmt.Errorf("dispense %s: %w", noop.Name, err)
	}
	answer, err := raw.(*noop.Client).Noop(7)
	if err != nil {
		return 0, fmt.Errorf("call %s: %w", noop.Name, err)
	}
	if answer != 7 {
		return 0, fmt.Errorf("call %s: answered %d, want 7", noop.Name, answer)
	}
	return time.Since(begin), nil
}
