// Command client is package client as a program.
package main

import "github.com/ansar-go/ansar/examples/client"

func main() { client.Main() }
