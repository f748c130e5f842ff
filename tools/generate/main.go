// Generate writes the Go code of every file below proto/, into the package that
// owns the messages. It needs no protoc: it compiles the sources itself and
// hands them to the protoc-gen-go that the project's go.mod pins.
//
//	generate ROOT           write what has changed, remove what has no source
//	generate -check ROOT    change nothing; exit 1 and name what is stale
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	check := flag.Bool("check", false, "change nothing; exit 1 and name the files that are stale")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, flag.Args(), *check); err != nil {
		fmt.Fprintf(os.Stderr, "generate: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, check bool) error {
	if len(args) != 1 {
		return fmt.Errorf("name one folder, the root of the project: generate [-check] ROOT")
	}
	root := args[0]
	request, err := compile(ctx, root)
	if err != nil {
		return err
	}
	files, err := generate(ctx, root, request)
	if err != nil {
		return err
	}
	differences, err := compare(root, files)
	if err != nil {
		return err
	}
	if check {
		return report(differences)
	}
	return apply(root, differences)
}
