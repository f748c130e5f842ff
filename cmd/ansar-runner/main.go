// Command ansar-runner stays with a role of ansar that needs somebody to: a
// plain program, or a component that is started again when it crashes. It is
// started by ansar, and not by hand.
package main

import "github.com/ansar-go/ansar/internal/runner"

func main() { runner.Main() }
