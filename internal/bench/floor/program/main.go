// Program is the floor: it imports the engine and ends.
package main

import _ "github.com/asynkron/protoactor-go/actor" // its cost at start is what is measured

func main() {}
