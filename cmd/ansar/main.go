// Command ansar describes a group of programs once, and runs it by name.
package main

import (
	"github.com/ansar-go/ansar/internal/cli"
	"github.com/ansar-go/ansar/internal/runner"
)

func main() {
	runner.StandIn() // where ansar-runner is not installed, this is it
	cli.Main()
}
