// Command noop is package noop as a program.
package main

import "github.com/ansar-go/ansar/examples/noop"

func main() { noop.Main() }
