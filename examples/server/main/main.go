// Command server is package server as a program.
package main

import "github.com/ansar-go/ansar/examples/server"

func main() { server.Main() }
