// Command analyzer is package analyzer as a program.
package main

import "github.com/ansar-go/ansar/examples/analyzer"

func main() { analyzer.Main() }
