package settings

import (
	"errors"
	"strconv"

	"github.com/spf13/pflag"
)

// Parse parses args into fs, whatever its flags are. An error is a
// *[UsageError] that says what is wrong in the words of this package and names
// the nearest flag that there is, or [pflag.ErrHelp]. The set should have been
// made with [pflag.ContinueOnError].
func Parse(fs *pflag.FlagSet, args []string) error {
	return Usage(fs, fs.Parse(args))
}

// Usage returns an error of fs.Parse as a *[UsageError]. Other errors, also
// nil and [pflag.ErrHelp], come back as they are.
func Usage(fs *pflag.FlagSet, err error) error {
	var (
		usage   *UsageError
		missing *pflag.NotExistError
		bare    *pflag.ValueRequiredError
		value   *pflag.InvalidValueError
		syntax  *pflag.InvalidSyntaxError
	)
	switch {
	case err == nil, errors.Is(err, pflag.ErrHelp):
		return err
	case errors.As(err, &usage):
		return usage
	case errors.As(err, &missing):
		return unknownFlag(fs, missing)
	case errors.As(err, &bare):
		flag := "--" + bare.GetFlag().Name
		return &UsageError{flag, "needs a value, as in " + flag + "=<" + bare.GetFlag().Value.Type() + ">"}
	case errors.As(err, &value):
		return badValue(value)
	case errors.As(err, &syntax):
		return &UsageError{"", "the flag " + quote(syntax.GetSpecifiedFlag()) + " has no name"}
	}
	return err
}

// badValue is the error of a flag that is not of a settings field. A type of
// the standard library says nothing that a user can act on.
func badValue(e *pflag.InvalidValueError) error {
	flag, cause := e.GetFlag(), e.Unwrap()
	problem := quote(e.GetValue()) + ": " + cause.Error()
	if number := new(strconv.NumError); errors.As(cause, &number) {
		problem = quote(e.GetValue()) + " is not of type " + flag.Value.Type()
	}
	return &UsageError{"--" + flag.Name, problem}
}

func unknownFlag(fs *pflag.FlagSet, e *pflag.NotExistError) error {
	name := e.GetSpecifiedName()
	if e.GetSpecifiedShortnames() != "" {
		return &UsageError{"", "unknown flag -" + name}
	}
	var known []string
	fs.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			known = append(known, f.Name)
		}
	})
	return &UsageError{"", "unknown flag --" + name + didYouMean(hyphens(name), "--", known)}
}
