package process

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ansar-go/ansar/internal/osproc"
)

// Spec says what to run. Only Argv is needed.
type Spec struct {
	// Argv is the command with its arguments. A name without a slash is looked
	// for in the PATH of Env, a relative path starts from Dir.
	Argv []string

	// Env is the complete environment. If nil, that of this process.
	Env []string

	// Dir is the working directory. If empty, that of this process.
	Dir string

	// Stdin is the text of the standard input.
	Stdin string

	// StdinFile is the file that is the standard input, from Dir, in place of
	// Stdin. If both are empty, /dev/null.
	StdinFile string

	// Stdout and Stderr get the output, each from one goroutine, in chunks that
	// may not be kept. If nil, the output is discarded.
	Stdout, Stderr io.Writer

	// NewSession puts the command into a session of its own, not only into a process group.
	NewSession bool

	// Token is what its processes are known by, see [Mark], which Start adds to
	// the environment. If empty, a new one.
	Token string

	// Grace is the time from SIGTERM to SIGKILL. If zero, 10 s. If negative, none.
	Grace time.Duration

	// LeakWindow is how long what the command has left may take to end by
	// itself. If zero, 200 ms. If negative, none.
	LeakWindow time.Duration

	// EventsPath is where a FIFO is made for lines that the job writes. The
	// caller names it in Env. It is removed at the end. If empty, there is none.
	EventsPath string

	// EventsPipes keeps the FIFO for other commands, or has one for this one. If nil,
	// it is made and removed.
	EventsPipes *Pipes

	// Events gets each line without its end, at most [MaxEvent] bytes that it may not keep,
	// from one goroutine, and the last before Done. The job waits while it is slow, and
	// for a part of each second if it writes more than 5,000 lines in it.
	Events func(line []byte)

	// Slow is when OnSlow is called, once, if the process runs by then. If zero, never.
	Slow   time.Duration
	OnSlow func()

	// BeforeStop is done ahead of a time limit. If nil, nothing is.
	BeforeStop *BeforeStop

	// OnSignal is told of the first SIGTERM and the first SIGKILL to the tree, with the
	// why of Stop or Kill. It is called just after they are sent, and before Done. If nil, nobody is.
	OnSignal func(signal, why string)

	// patience is how long after SIGKILL the process may take to end, and the writers of its
	// output to return. If zero, 10 s.
	patience time.Duration
}

// BeforeStop is a piece of work ahead of a time limit.
type BeforeStop struct {
	// After is when it begins, from the start of the command.
	After time.Duration

	// Limit is how long it may take. Stop waits so long for one that runs. If zero, 5 s.
	Limit time.Duration

	// Run does the work. It is called at most once, on a goroutine of its own,
	// and returns soon after ctx ends: at the limit, when the command has ended, or at Kill.
	Run func(ctx context.Context)
}

func (s *Spec) grace() time.Duration { return max(0, cmp.Or(s.Grace, 10*time.Second)) }

func (s *Spec) leakWindow() time.Duration {
	return max(0, cmp.Or(s.LeakWindow, 200*time.Millisecond))
}

func (b *BeforeStop) limit() time.Duration { return cmp.Or(b.Limit, 5*time.Second) }

// environment returns the environment with the mark.
func (s *Spec) environment(token string) []string {
	env := s.Env
	if env == nil {
		env = os.Environ()
	}
	return append(env[:len(env):len(env)], Mark(token))
}

var errNoCommand = errors.New("start command: argv is empty: name a program")

// path returns the executable.
func (s *Spec) path() (string, error) {
	if len(s.Argv) == 0 {
		return "", errNoCommand
	}
	name := s.Argv[0]
	if strings.Contains(name, "/") {
		if !filepath.IsAbs(name) {
			name = filepath.Join(s.Dir, name)
		}
		return filepath.Abs(name)
	}
	return osproc.Find(name, s.searched())
}

// searched returns the usable entries of the PATH of Env; osproc adds those of this process.
func (s *Spec) searched() (dirs []string) {
	for _, entry := range s.Env {
		list, found := strings.CutPrefix(entry, "PATH=")
		if !found {
			continue
		}
		dirs = nil
		for _, dir := range filepath.SplitList(list) {
			if filepath.IsAbs(dir) {
				dirs = append(dirs, dir)
			}
		}
	}
	return dirs
}

// stdin returns the standard input, nil for /dev/null. The caller closes it.
func (s *Spec) stdin() (*os.File, error) {
	switch {
	case s.StdinFile != "":
		path := s.StdinFile
		if !filepath.IsAbs(path) {
			path = filepath.Join(s.Dir, path)
		}
		file, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("open standard input: %w", err)
		}
		return file, nil
	case s.Stdin != "":
		file, err := textFile(s.Stdin)
		if err != nil {
			return nil, fmt.Errorf("write standard input: %w", err)
		}
		return file, nil
	default:
		return nil, nil
	}
}

func filled(file *os.File, text string) (*os.File, error) {
	_, err := file.WriteString(text)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = file.Close() // the first error tells more
		return nil, err
	}
	return file, nil
}
