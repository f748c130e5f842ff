package joblog

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// process is one as links name it.
type process struct {
	name string
	pid  int // 0: it has none of its own
}

// self is this process.
func self() process { return process{filepath.Base(os.Args[0]), os.Getpid()} }

func (p process) String() string {
	name := strings.ReplaceAll(string(appendShown(nil, p.name)), ", ", `,\x20`) // what comes behind names begins so
	if p.pid == 0 {
		return name
	}
	return fmt.Sprintf("%s (%d)", name, p.pid)
}

// The texts of links. What is read back must be what is written: see readLink.
const (
	startedText = "Started "
	logAtText   = ", log at "
	logOfText   = "Log of "
	byText      = ", started by "
	whoseText   = ", whose log is "
	endedText   = "Ended with "
)

// startedAt is the line in the log of the parent.
func (p process) startedAt(file string) string { return startedText + p.String() + logAtText + file }

// startedBy is the first line of the process's own log.
func (p process) startedBy(parent process, file string) string {
	return p.logOf() + byText + parent.String() + whoseText + file
}

// logOf is the first line of a log without a parent.
func (p process) logOf() string { return logOfText + p.String() }

// link is what a line with the mark of links says.
type link struct {
	kind string // startedText, logOfText or endedText
	who  process
	by   process // of logOfText; empty: nobody
	file string  // of the other log; empty: there is none
	how  string  // of endedText
}

// readLink reads the text of such a line. A name has none of the separators in it, but
// a file may.
func readLink(text string) (link, bool) {
	switch {
	case strings.HasPrefix(text, startedText):
		who, file, ok := strings.Cut(text[len(startedText):], logAtText)
		return link{kind: startedText, who: readProcess(who), file: file}, ok
	case strings.HasPrefix(text, logOfText):
		rest, file, linked := strings.Cut(text[len(logOfText):], whoseText)
		if !linked {
			return link{kind: logOfText, who: readProcess(rest)}, true
		}
		who, by, ok := strings.Cut(rest, byText)
		return link{kind: logOfText, who: readProcess(who), by: readProcess(by), file: file}, ok
	case strings.HasPrefix(text, endedText):
		return link{kind: endedText, how: text[len(endedText):]}, true
	}
	return link{}, false
}

func readProcess(text string) process {
	if i := strings.LastIndex(text, " ("); i >= 0 && strings.HasSuffix(text, ")") {
		if pid, err := strconv.Atoi(text[i+2 : len(text)-1]); err == nil {
			return process{text[:i], pid}
		}
	}
	return process{name: text}
}

// ownerOf is the process whose log is at path, as its first line says.
func ownerOf(path string, otherwise process) process {
	f, err := os.Open(path)
	if err != nil {
		return otherwise
	}
	defer func() { _ = f.Close() }() // only read
	line, _ := bufio.NewReader(f).ReadSlice('\n')
	if mark, text, ok := cutLine(bytes.TrimSuffix(line, []byte("\n"))); ok && mark[0] == markLink {
		if l, ok := readLink(string(text)); ok && l.kind == logOfText {
			return l.who
		}
	}
	return otherwise
}

// cutLine takes the mark and the text from a line without its end. It reports false
// for what is no line of a log.
func cutLine(line []byte) (mark, text []byte, ok bool) {
	if len(line) < stampLength+3 || line[stampLength-1] != 'Z' || line[stampLength] != ' ' {
		return nil, nil, false
	}
	return bytes.Cut(line[stampLength+1:], []byte(" "))
}
