package main

import (
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// renew writes a program again, as a build does. What is given beside it makes it
// differ from before: it comes after the end of the program and does nothing.
func renew(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	ts.Check(os.RemoveAll(path)) // it may be a link
	ts.Check(os.WriteFile(path, append(data, strings.Join(args[1:], " ")...), 0o755))
}
