package actor

import (
	"fmt"
	"strings"
)

// Level says how much is logged: a level shows itself and everything more
// serious.
type Level int32

// The levels, from everything to nothing. OBJECT is the framework's own: the
// births, deaths and messages of objects.
const (
	LevelDebug   Level = 1
	LevelTrace   Level = 2
	LevelObject  Level = 3
	LevelConsole Level = 4
	LevelWarning Level = 5
	LevelFault   Level = 6
	LevelNone    Level = 100
)

var levelNames = []struct {
	level Level
	name  string
}{
	{LevelDebug, "DEBUG"}, {LevelTrace, "TRACE"}, {LevelObject, "OBJECT"}, {LevelConsole, "CONSOLE"},
	{LevelWarning, "WARNING"}, {LevelFault, "FAULT"}, {LevelNone, "NONE"},
}

// String is the name of the level, as --debug-level takes it.
func (l Level) String() string {
	for _, n := range levelNames {
		if n.level == l {
			return n.name
		}
	}
	return fmt.Sprintf("Level(%d)", int32(l))
}

// ParseLevel reads the name of a level in any case. The error names all of them.
func ParseLevel(text string) (Level, error) {
	names := make([]string, 0, len(levelNames))
	for _, n := range levelNames {
		if strings.EqualFold(n.name, text) {
			return n.level, nil
		}
		names = append(names, n.name)
	}
	return 0, fmt.Errorf("%q is not one of %s", text, strings.Join(names, ", "))
}

// The kinds of log lines, and the level of each.
const (
	tagCreated   = '+'
	tagDestroyed = 'X'
	tagSent      = '>'
	tagReceived  = '<'
	tagStarted   = '('
	tagEnded     = ')'
	tagFault     = '!'
	tagWarning   = '?'
	tagCheck     = '='
	tagConsole   = '^'
	tagTrace     = '~'
	tagSample    = '&'
	tagDebug     = '_'

	// What a process printed without the log: a line of its standard output
	// and of its standard error. Shown as console and warning, and shown even
	// where logging is off.
	tagStdout = '1'
	tagStderr = '2'
)

func levelOf(tag byte) Level {
	switch tag {
	case tagFault:
		return LevelFault
	case tagWarning, tagCheck, tagStderr:
		return LevelWarning
	case tagConsole, tagStdout:
		return LevelConsole
	case tagTrace, tagSample:
		return LevelTrace
	case tagDebug:
		return LevelDebug
	}
	return LevelObject
}

// Level is how serious the record is.
func (x *LogRecord) Level() Level { return levelOf((x.GetTag() + " ")[0]) }
