// Command caller is a plain Go program that calls the adder by its name.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/ansar-go/ansar/actor"

	"example.com/adder/adderpb"
)

func main() {
	sum, err := actor.Call[*adderpb.Sum](context.Background(), "adder", &adderpb.Pair{A: 40, B: 2}, actor.Timeout(20*time.Second))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(sum.Value)
}
