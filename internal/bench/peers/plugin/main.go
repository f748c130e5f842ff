// Plugin serves one function until its host ends it.
package main

import (
	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/ansar-go/ansar/internal/bench/peers/noop"
)

func main() {
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: noop.Handshake,
		Plugins:         plugin.PluginSet{noop.Name: noop.Plugin{}},
		Logger:          hclog.NewNullLogger(),
	})
}
