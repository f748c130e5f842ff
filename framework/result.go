package framework

import (
	"errors"
	"fmt"
	"slices"
	"syscall"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/ansar-go/ansar/internal/settings"
	"github.com/ansar-go/ansar/lifecycle"
)

// Exit statuses of a program.
const (
	exitDone        = 0
	exitFault       = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// faultNames are the messages that are faults. Other values are not even
// decoded: a program that returns one has nothing more to find out.
var faultNames = [...]protoreflect.FullName{
	"ansar.lifecycle.v1.Faulted", "ansar.lifecycle.v1.Aborted", "ansar.lifecycle.v1.TimedOut", "ansar.lifecycle.v1.Maybe",
	"ansar.lifecycle.v1.Cannot", "ansar.lifecycle.v1.Exhausted", "ansar.lifecycle.v1.LockedOut", "ansar.lifecycle.v1.Interrupted",
}

// faultIn is the fault that a value is, or nil.
func faultIn(value *anypb.Any) error {
	if !slices.Contains(faultNames[:], value.MessageName()) {
		return nil
	}
	m, err := value.UnmarshalNew()
	if err != nil {
		return err
	}
	return lifecycle.Err(m)
}

// report shows the user what came of the object and gives the exit status.
func (p *program) report(completed *lifecycle.Completed) int {
	value := completed.GetValue()
	if fault := faultIn(value); fault != nil {
		if p.ending.stopped.Load() && errors.Is(fault, lifecycle.ErrAborted) {
			p.say("aborted")
			return exitInterrupted
		}
		return p.fail(fault)
	}
	if code := new(lifecycle.ExitCode); value.MessageIs(code) {
		if err := value.UnmarshalTo(code); err != nil {
			return p.fail(err)
		}
		return statusOf(code.GetCode())
	}
	if err := p.writeResult(value); err != nil {
		return p.fail(err)
	}
	return statusOfValue(value)
}

// statusOf is the exit status that stands for a code: its lowest eight bits,
// but never 0 for a code that is not.
func statusOf(code int32) int {
	if status := int(uint8(code)); status != 0 || code == 0 {
		return status
	}
	return exitFault
}

// writeResult prints a returned value, secrets hidden. A file that the user has
// named gets all of it.
func (p *program) writeResult(value proto.Message) error {
	return p.write(settings.MarshalEnvelope(value, &settings.WriteOptions{Typed: true, Redact: p.outputFile() == ""}))
}

// outputFile is where the output goes; empty: to standard output.
func (p *program) outputFile() string {
	if p.given.outputFile == "-" {
		return ""
	}
	return p.given.outputFile
}

// errReaderGone means that the reader of standard output has gone away.
var errReaderGone = errors.New("nobody reads the result")

// checkOutput finds out whether the result can be written, as far as can be
// told before there is one.
func (p *program) checkOutput() error {
	file := p.outputFile()
	if file == "" {
		return nil
	}
	if err := mayWrite(file); err != nil {
		return fmt.Errorf("write the output file: %w", err)
	}
	return nil
}

// write puts the output of the program where the user wants it.
func (p *program) write(data []byte) error {
	if file := p.outputFile(); file != "" {
		if err := writeOutput(file, data); err != nil {
			return fmt.Errorf("write the output file: %w", err)
		}
		return nil
	}
	_, err := p.stdout.Write(data)
	switch {
	case errors.Is(err, syscall.EPIPE):
		return errReaderGone
	case err != nil:
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}
