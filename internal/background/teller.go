package background

import (
	"encoding/json"
	"os"
	"strings"
	"sync"
	"syscall"
)

// Teller is the end of the program. A nil *Teller tells nobody. Its methods may
// be called from any goroutine and do not wait for the starter; that it is gone
// is of no consequence.
type Teller struct {
	Marker Marker

	mu   sync.Mutex // guards the field below, and the order of events
	file *os.File   // nil: the last word was said
}

// Claim takes the pipe if this process was started in the background, and unsets
// the variable in any case. It returns nil if it was not, or if somebody has
// claimed it. It must be called before the program starts other processes.
func Claim() *Teller {
	text, ok := os.LookupEnv(Variable)
	if !ok {
		return nil
	}
	_ = os.Unsetenv(Variable) // the name is good
	var m Marker
	if json.Unmarshal([]byte(text), &m) != nil || m.FD != descriptor || m.Inode == 0 || inode(m.FD) != m.Inode {
		return nil
	}
	syscall.CloseOnExec(m.FD)
	return &Teller{Marker: m, file: os.NewFile(uintptr(m.FD), "starter")}
}

// Started tells that the settings are good and the role is this process's own:
// run is its number in the history.
func (t *Teller) Started(run int) { t.tell(Event{Kind: Started, PID: os.Getpid(), Run: run}) }

// StartedAs is Started for a process that does not play the role itself.
func (t *Teller) StartedAs(pid, run int) { t.tell(Event{Kind: Started, PID: pid, Run: run}) }

// Ready tells that the role does what it is for. It is the last word.
func (t *Teller) Ready() { t.tell(Event{Kind: Ready}) }

// Failed tells, in one line, why the role could not be started, and which
// process plays it already, 0 if none does. It is the last word.
func (t *Teller) Failed(text string, locked int) {
	text = strings.ReplaceAll(strings.TrimSpace(text), "\n", " ")
	if text == "" {
		text = "it did not say why"
	}
	if len(text) > errorLimit {
		text = strings.ToValidUTF8(text[:errorLimit], "") + "..."
	}
	t.tell(Event{Kind: Failed, Error: text, Locked: max(0, locked)})
}

// Close ends the pipe without another word.
func (t *Teller) Close() {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.close()
}

func (t *Teller) close() {
	if t.file != nil {
		_ = t.file.Close()
		t.file = nil
	}
}

// tell writes an event, if the last word is not said yet.
func (t *Teller) tell(e Event) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file == nil {
		return
	}
	line, _ := json.Marshal(e)                 // texts and numbers always encode
	_, err := t.file.Write(append(line, '\n')) // the starter may be gone
	if e.Last() || err != nil {
		t.close()
	}
}
