package group

import (
	"fmt"
	"io"
	"os"
)

// forward pumps standard input to a role through a pipe: a process in a group
// of its own may not read from the terminal.
func (r *run) forward() error {
	reader, writer, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("open pipe: %w", err)
	}
	r.input = reader
	go func() { // ends with the program at the latest: a read from a terminal cannot be called off
		_, _ = io.Copy(writer, r.options.Stdin) // the role reads what came until then
		_ = writer.Close()
	}()
	return nil
}
