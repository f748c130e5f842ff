//go:build !linux

package process

import "os"

// textFile returns a file without a name that holds text, at its beginning.
func textFile(text string) (*os.File, error) {
	file, err := os.CreateTemp("", "stdin-*")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(file.Name()) // a file that stays is only untidy
	return filled(file, text)
}
