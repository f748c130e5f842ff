package cli

import (
	"errors"
	"fmt"
	"io/fs"
)

// print writes to standard output. What cannot be printed is an error: a result
// that is lost is none.
func (e *env) print(text []byte) error {
	_, err := e.stdout.Write(text)
	if err == nil {
		return nil
	}
	if path := new(fs.PathError); errors.As(err, &path) {
		err = path.Err
	}
	return &failure{fmt.Errorf("cannot write to standard output, %w", err)}
}
