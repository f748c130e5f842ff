// Command range-test is a test of package tests as a program.
package main

import "github.com/ansar-go/ansar/examples/testbench/tests"

func main() { tests.RangeMain() }
