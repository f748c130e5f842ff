// Package noop is what the plugin and its host agree on: one function that does
// nothing, over the protocol of go-plugin that is the quickest to launch.
package noop

import (
	"net/rpc"

	"github.com/hashicorp/go-plugin"
)

// Name of the plugin in its set.
const Name = "noop"

// Handshake is checked by both sides before they talk.
var Handshake = plugin.HandshakeConfig{ProtocolVersion: 1, MagicCookieKey: "ANSAR_BENCH", MagicCookieValue: "noop"}

// Plugin makes both ends. The zero value is ready.
type Plugin struct{}

// Server returns what answers, in the plugin.
func (Plugin) Server(*plugin.MuxBroker) (any, error) { return Server{}, nil }

// Client returns what calls, in the host: a *[Client].
func (Plugin) Client(_ *plugin.MuxBroker, c *rpc.Client) (any, error) { return &Client{c}, nil }

// Server answers in the plugin.
type Server struct{}

// Noop returns what it is given.
func (Server) Noop(in int, out *int) error {
	*out = in
	return nil
}

// Client calls from the host.
type Client struct{ rpc *rpc.Client }

// Noop calls the plugin and waits for its answer.
func (c *Client) Noop(in int) (int, error) {
	var out int
	err := c.rpc.Call("Plugin.Noop", in, &out)
	return out, err
}
