package runner

import "os"

// Main is the program: it reads its [Spec] from standard input, stays with the
// role to its end, and exits.
func Main() {
	os.Exit(1)
}
