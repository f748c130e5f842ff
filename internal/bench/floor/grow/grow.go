// Package grow makes a program a bare tree of 484 processes: 121 managers on
// five levels, three below each, and three leaves for every manager. Nothing is
// said between them, so the tree costs what its processes cost.
//
// Without arguments the program is the root, and ends when the tree has. With
// the argument "hold" every process writes its id as a line to descriptor 3 and
// lives until descriptor 4 is at its end, so that all 484 can be looked at.
package grow

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
)

// Levels of managers, and how many managers and leaves each manager starts. A
// manager of the last level starts leaves only.
const (
	Levels = 5
	Width  = 3
)

// Main runs one process of the tree and exits the program: with status 1 if
// anything below it failed.
func Main() {
	level, hold := 1, false
	for _, arg := range os.Args[1:] {
		if arg == "hold" {
			hold = true
		} else if n, err := strconv.Atoi(arg); err == nil {
			level = n
		}
	}
	if err := node(level, hold); err != nil {
		fmt.Fprintf(os.Stderr, "tree: %v\n", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// node starts what is below a process of the level, and waits for it. A leaf
// has a level beyond the last.
func node(level int, hold bool) error {
	var inherited []*os.File
	if hold {
		inherited = []*os.File{os.NewFile(3, "report"), os.NewFile(4, "release")}
	}
	var below []*exec.Cmd
	var failed error
	for _, next := range children(level) {
		child := exec.Command(os.Args[0], strconv.Itoa(next))
		if hold {
			child.Args = append(child.Args, "hold")
		}
		child.Stderr, child.ExtraFiles = os.Stderr, inherited
		if failed = child.Start(); failed != nil {
			break
		}
		below = append(below, child)
	}
	if hold && failed == nil {
		failed = wait(inherited[0], inherited[1])
	}
	for _, child := range below {
		if err := child.Wait(); err != nil && failed == nil {
			failed = err
		}
	}
	return failed
}

// children lists the levels of what a process of the level starts.
func children(level int) []int {
	var levels []int
	if level < Levels {
		for range Width {
			levels = append(levels, level+1)
		}
	}
	if level <= Levels {
		for range Width {
			levels = append(levels, Levels+1)
		}
	}
	return levels
}

// wait reports this process and blocks until it is released.
func wait(report, release *os.File) error {
	if _, err := fmt.Fprintln(report, os.Getpid()); err != nil {
		return err
	}
	if err := report.Close(); err != nil {
		return err
	}
	_, _ = release.Read(make([]byte, 1)) // whatever it says, it is the end
	return nil
}
