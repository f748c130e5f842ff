package runner

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/ansar-go/ansar/internal/history"
)

// end implements [player].
func (p *plain) end() ending {
	p.stdout.finish()
	p.stderr.finish()
	p.exit = p.process.Exit()
	p.out.say(tagEnded, fmt.Sprintf("Process (%d) ended with %v", p.process.Pid(), p.exit))
	return ending{
		crash: p.exit.Status != 0,
		final: p.number > 0 && askedFor(p.file, p.number),
		text:  p.exit.String(),
		took:  p.exit.Took,
	}
}

// settle implements [player].
func (p *plain) settle(failed string) {
	if failed != "" {
		p.out.say(tagWarning, "not started again: "+failed)
	}
	if p.number == 0 {
		return
	}
	used := p.exit.Usage
	e := history.Ending{
		How: history.Signalled, Usage: history.UsageFrom(used.User, used.System, used.MaxResident),
		LastLines: p.out.lastLines(), Failed: failed,
	}
	if p.forced != 0 {
		e.Forced = p.forced.String()
	}
	if p.exit.Signal != 0 {
		e.Signal, e.Text = p.exit.Signal.String(), p.exit.String()
	} else {
		e.How, e.Type, e.ExitStatus = history.Exited, "ExitCode", &p.exit.Status
		e.Value = json.RawMessage(fmt.Sprintf(`{"@type":"type.googleapis.com/ansar.lifecycle.v1.ExitCode","code":%d}`, p.exit.Status))
	}
	_ = p.file.End(p.number, e) // as in record
}

// over implements [player].
func (p *plain) over(why string) {
	p.tell.Failed("it was never ready: "+why+p.words(), 0) // not heard if it was
}

// words are the last words of a program, for one line.
func (p *plain) words() string {
	var text strings.Builder
	last := p.out.lastLines()
	for i, line := range last[max(0, len(last)-3):] {
		if _, words, ok := strings.Cut(line, " - "); ok {
			line = words
		}
		if i == 0 {
			text.WriteString(": ")
		} else {
			text.WriteString(" / ")
		}
		text.WriteString(line)
	}
	return text.String()
}

// pause implements [player].
func (p *plain) pause(why string, delay time.Duration) {
	p.out.say(tagWarning, fmt.Sprintf("starting again in %v, after %s", delay.Round(time.Millisecond), why))
}

// status is the exit status of a runner in the foreground: that of the program.
func (p *plain) status() int {
	if p.exit.Signal != 0 {
		return 128 + int(p.exit.Signal)
	}
	return p.exit.Status
}
