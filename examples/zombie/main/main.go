// Command zombie is package zombie as a program.
package main

import "github.com/ansar-go/ansar/examples/zombie"

func main() { zombie.Main() }
