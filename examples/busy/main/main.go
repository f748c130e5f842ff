// Command busy is package busy as a program.
package main

import "github.com/ansar-go/ansar/examples/busy"

func main() { busy.Main() }
