// Command ansar describes a group of programs once, and runs it by name.
package main

import "github.com/ansar-go/ansar/internal/cli"

func main() { cli.Main() }
