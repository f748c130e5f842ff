package framework

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/settings"
)

// input is what the object works on: a file, what the parent gave, what is
// stored, or else the default, in this order.
func (p *program) input() (proto.Message, error) {
	m := p.describe().Input
	if p.begin != nil && p.given.inputFile == "" {
		if wanted, err := p.begin.Input(); err != nil || wanted != nil {
			return wanted, err
		}
	}
	if m == nil {
		return nil, nil
	}
	if p.given.inputFile != "" {
		return m, p.readFile(p.given.inputFile, "input", m)
	}
	_, err := p.readKept(home.Input, m)
	return m, err
}

// readFile reads a file that the user names; it has to be right in all its
// parts.
func (p *program) readFile(file, what string, m proto.Message) error {
	var data []byte
	var err error
	if file == "-" {
		file = "standard input"
		data, err = io.ReadAll(p.stdin)
	} else {
		data, err = os.ReadFile(file)
	}
	if err != nil {
		return err // it names the file
	}
	_, err = settings.UnmarshalEnvelope(file, data, m, &settings.ReadOptions{Root: what, Strict: true})
	return err
}

// readKept reads what is stored over the defaults in m. Fields that the
// program no longer has are warned about, and returned.
func (p *program) readKept(area home.Area, m proto.Message) (*settings.Unknown, error) {
	if p.keeper == nil {
		return nil, nil
	}
	file, data, err := p.keeper.load(area)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	unknown, err := settings.UnmarshalEnvelope(file, data, m, &settings.ReadOptions{Root: string(area)})
	if err != nil {
		return nil, fmt.Errorf("%w%s", err, p.keeper.hint(area))
	}
	for _, w := range unknown.Warnings() {
		p.warn("%s", w)
	}
	return unknown, nil
}
