package joblog

import (
	"context"
	"os"
)

// wrapperMain is the command that runs another with a log of its own.
func wrapperMain() {
	state, err := Exec(context.Background(), Command{
		Argv: os.Args[1:], Parent: os.Getenv(Variable), Stdin: os.Stdin, Stdout: passTo(os.Stdout), Stderr: passTo(os.Stderr), Forward: true,
	})
	if err != nil {
		os.Stderr.WriteString("wrapper: " + err.Error() + "\n")
	}
	ExitAs(state)
}

func passTo(f *os.File) *os.File {
	if os.Getenv("PASS") == "" {
		return nil
	}
	return f
}
