package background

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
)

// Variable is the name of the variable that carries the [Marker].
const Variable = "ANSAR_BACKGROUND"

// descriptor is the one that the program finds the pipe at.
const descriptor = 3

// Marker is what a starter says to the program.
type Marker struct {
	// FD and Inode are the pipe: a program that merely inherits the variable
	// has another file there, or none. [NewCommand] sets them.
	FD    int    `json:"fd"`
	Inode uint64 `json:"inode"`

	// Parent is the starter, which sees the process end as long as it lives
	// itself, and adds the end to the history then. [NewCommand] sets it.
	Parent int `json:"parent,omitempty"`

	// By is the command that starts it, as history shows it.
	By string `json:"by,omitempty"`

	// Restart counts the restarts since the role was started, 0 at first.
	Restart int `json:"restart"`

	// Digest is that of the program. If empty, the program finds it out.
	Digest string `json:"digest,omitempty"`

	// Level is from which on the log is stored. If empty, DEBUG.
	Level string `json:"level,omitempty"`
}

// Command is how to start a program in the background. Its fields fit those of
// the package that starts processes: give it a session of its own, and nothing
// but the null device as standard input, output and error.
type Command struct {
	Path string
	Args []string // argv[0] included
	Dir  string
	Env  []string

	// Link is the write end of the pipe, to be descriptor 3 of the program.
	// It must be closed once the program has it: see [Command.Started].
	Link *os.File

	// Events is the read end, for [Read]. The caller closes it.
	Events *os.File
}

// NewCommand prepares to start the executable at path in the folder dir. args
// are the arguments, argv[0] included. What this process has inherited beside
// standard input, output and error, no child of it inherits from then on.
func NewCommand(path string, args []string, dir string, m Marker) (*Command, error) {
	keepInherited()
	r, w, err := os.Pipe()
	if errors.Is(err, syscall.EMFILE) {
		return nil, fmt.Errorf("start %s: %w: close some, raise ulimit -n, or try again later", path, err)
	}
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	m.Parent = os.Getpid()
	m.FD, m.Inode = descriptor, inode(int(w.Fd())) // Fd makes it blocking, as the program wants it
	text, err := json.Marshal(m)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", path, err), r.Close(), w.Close())
	}
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, Variable+"=") })
	return &Command{Path: path, Args: args, Dir: dir, Env: append(env, Variable+"="+string(text)), Link: w, Events: r}, nil
}

// Started closes what only the program needs from now on. It must be called
// after the start, also if that failed.
func (c *Command) Started() { _ = c.Link.Close() }

// inode is the number of the file behind a descriptor if that is a pipe, 0 if
// it is not.
func inode(fd int) uint64 {
	var stat syscall.Stat_t
	if err := syscall.Fstat(fd, &stat); err != nil || stat.Mode&syscall.S_IFMT != syscall.S_IFIFO {
		return 0
	}
	return stat.Ino
}
