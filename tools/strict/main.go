// Strict runs a go test -json, prints a line for each package and the whole
// output of whatever failed, and exits with 1 if anything failed or was skipped,
// or if no test ran:
//
//	strict go test -json ./...
//
// A machine of the project has everything that tests need, so a skip there
// hides a fault.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "strict: %v\n", err)
		os.Exit(1)
	}
}

// run starts the command and judges what it prints and how it ends.
func run(argv []string) error {
	if len(argv) == 0 {
		return errors.New("name the command to run: strict go test -json ./...")
	}
	command := exec.Command(argv[0], argv[1:]...)
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	verdict := check(out, os.Stdout)
	_, _ = io.Copy(io.Discard, out) // so that the command can end, whatever was wrong
	if err := command.Wait(); err != nil && verdict == nil {
		return fmt.Errorf("run %s: %w", strings.Join(argv, " "), err)
	}
	return verdict
}

// An event is one line of go test -json.
type event struct {
	Action     string
	Package    string
	ImportPath string // in the events of a build
	Test       string
	Output     string
}

// test names the test of an event, or the package where it has none.
func (e event) test() string {
	return strings.TrimSuffix(e.Package+"."+e.Test, ".")
}

// check reads events until in ends, prints what people want to see to out, and
// returns an error that names what failed and what was skipped.
func check(in io.Reader, out io.Writer) error {
	var failed, skipped []string
	output := map[string]string{} // of tests that have not ended
	passed := 0
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) != nil {
				fmt.Fprint(out, line) // not from a test: go's own words
				continue
			}
			switch e.Action {
			case "output":
				if e.Test == "" && summary(e.Output) {
					fmt.Fprint(out, e.Output)
				} else {
					output[e.test()] += e.Output
				}
			case "build-output":
				fmt.Fprint(out, e.Output)
			case "pass":
				passed++
				delete(output, e.test())
			case "skip":
				if e.Test != "" { // a package without tests is skipped, too
					skipped = append(skipped, e.test()+": "+reason(output[e.test()]))
				}
				delete(output, e.test())
			case "fail", "build-fail":
				failed = append(failed, e.test()+e.ImportPath)
				fmt.Fprint(out, output[e.test()])
				delete(output, e.test())
			}
		}
		if errors.Is(err, io.EOF) {
			return verdict(passed, failed, skipped)
		} else if err != nil {
			return fmt.Errorf("read the output of go test: %w", err)
		}
	}
}

// summary reports whether a line of a package's own output is its result.
func summary(line string) bool {
	return strings.HasPrefix(line, "ok ") || strings.HasPrefix(line, "FAIL\t") || strings.HasPrefix(line, "?  ")
}

// reason shortens the output of a skipped test to what it says about itself.
func reason(output string) string {
	var words []string
	for line := range strings.Lines(output) {
		if text := strings.TrimSpace(line); !strings.HasPrefix(text, "=== ") && !strings.HasPrefix(text, "--- ") {
			words = append(words, text)
		}
	}
	return strings.Join(words, " ")
}

// verdict is the error for what was seen, or nil.
func verdict(passed int, failed, skipped []string) error {
	switch {
	case len(failed) > 0:
		return fmt.Errorf("%d failed: %s", len(failed), strings.Join(failed, ", "))
	case len(skipped) > 0:
		return fmt.Errorf("%d skipped, and CI=true allows none:\n\t%s", len(skipped), strings.Join(skipped, "\n\t"))
	case passed == 0:
		return errors.New("no test ran: does the command print what go test -json prints?")
	}
	return nil
}
