// Command snooze is package snooze as a program.
package main

import "github.com/ansar-go/ansar/examples/snooze"

func main() { snooze.Main() }
