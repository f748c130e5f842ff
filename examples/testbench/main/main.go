// Command testbench is package testbench as a program.
package main

import "github.com/ansar-go/ansar/examples/testbench"

func main() { testbench.Main() }
