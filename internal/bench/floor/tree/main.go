// Tree is the tree of floor programs. See package grow.
package main

import (
	_ "github.com/asynkron/protoactor-go/actor" // each process pays for it

	"github.com/ansar-go/ansar/internal/bench/floor/grow"
)

func main() { grow.Main() }
