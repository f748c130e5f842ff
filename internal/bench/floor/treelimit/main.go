// Treelimit is the tree of empty programs. See package grow.
package main

import "github.com/ansar-go/ansar/internal/bench/floor/grow"

func main() { grow.Main() }
