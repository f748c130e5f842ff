package cli

import (
	"bytes"
	"encoding/json"
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

// envelope prints {"value": ...} as all JSON is printed here, or on one line.
func envelope(value any, compact bool) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if !compact {
		encoder.SetIndent("", "    ")
	}
	err := encoder.Encode(map[string]any{"value": value})
	return text.Bytes(), err
}

// printLines prints each of a list as JSON, on a line of its own.
func printLines[T any](e *env, list []T) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	for i := range list {
		if err := encoder.Encode(&list[i]); err != nil {
			return err
		}
	}
	return e.print(text.Bytes())
}
