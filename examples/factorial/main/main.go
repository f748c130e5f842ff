// Command factorial is package factorial as a program.
package main

import "github.com/ansar-go/ansar/examples/factorial"

func main() { factorial.Main() }
