package actor

import "strings"

const (
	// keptOutput is how much of the end of a process's standard error is
	// looked at: enough for the beginning of a crash with a deep stack.
	keptOutput = 64 << 10

	// longestWords bounds what a fault quotes of it.
	longestWords = 4 << 10
)

// lastWords is what a fault quotes of the last output of a process: from the
// line on that names a panic, if it ended with one, otherwise the end of it.
func lastWords(tail string) string {
	if i := crashLine(tail); i >= 0 {
		tail = tail[i:]
		if len(tail) > longestWords {
			cut := strings.LastIndexByte(tail[:longestWords], '\n')
			tail = tail[:max(cut, 0)] + "\n...\n"
		}
		return tail
	}
	if len(tail) <= longestWords {
		return tail
	}
	tail = tail[len(tail)-longestWords:]
	if i := strings.IndexByte(tail, '\n'); i >= 0 && i < len(tail)-1 {
		return tail[i+1:]
	}
	return strings.ToValidUTF8(tail, "")
}

// crashLine is where the last line begins with which Go reports a crash, or -1.
func crashLine(text string) int {
	last := -1
	for _, mark := range []string{"panic: ", "fatal error: "} {
		if strings.HasPrefix(text, mark) {
			last = max(last, 0)
		}
		if i := strings.LastIndex(text, "\n"+mark); i >= 0 {
			last = max(last, i+1)
		}
	}
	return last
}
