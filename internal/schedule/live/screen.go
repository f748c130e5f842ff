package live

import (
	"io"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

const (
	// redrawEvery is the shortest time between two frames.
	redrawEvery = 100 * time.Millisecond

	// ageEvery is how long what is drawn may be wrong about ages.
	ageEvery = time.Second
)

// screen shows a run on a terminal.
type screen struct{ out io.Writer }

// line implements shower: there are none.
func (*screen) line(*schedulepb.Event, *state) string { return "" }

// drive implements shower. Stopped by control-z, it takes the frame off, and draws it
// where the cursor is when it goes on.
func (s *screen) drive(v *View) {
	hold := suspendable()
	defer hold.end()
	for {
		switch s.draw(v, hold) {
		case closed:
			return
		case asked:
			hold.stop()
		case continued: // where it was before is the shell's
			_, _ = io.WriteString(s.out, "\r")
		}
	}
}

// draw keeps a frame up to date until there is a reason not to.
func (s *screen) draw(v *View, hold *suspension) reason {
	m := &model{view: v}
	gate, out := newGate(s.out)
	program := tea.NewProgram(m, tea.WithOutput(out), tea.WithInput(nil), tea.WithoutSignalHandler(), tea.WithFPS(int(time.Second/redrawEvery)))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = program.Run() // a terminal that is gone shows nothing
	}()
	why := s.pace(v, func() { program.Send(redraw{}) }, func() { program.Send(grow{}) }, ended, hold)
	if why == continued {
		gate.shut()
	}
	program.Send(finish{}) // one that has ended takes nothing
	<-ended
	if m.lines > 0 && why != continued { // the cursor is in the line below them
		_, _ = io.WriteString(s.out, ansi.CursorUp(m.lines)+"\r"+ansi.EraseScreenBelow)
	}
	return why
}

// reason is why nothing is drawn any more.
type reason int

const (
	closed    reason = iota // the view
	asked                   // control-z
	continued               // after it was stopped without being asked
)

// pace calls draw when something is new, with a pause after it, and age each second,
// until it says why no longer. If the terminal is gone, which closes ended, only the end
// of the view is waited for.
func (s *screen) pace(v *View, draw, age func(), ended <-chan struct{}, hold *suspension) reason {
	second := time.NewTicker(ageEvery)
	defer second.Stop()
	pause := time.NewTimer(0) // since the last frame
	defer pause.Stop()
	var changed <-chan struct{}
	for {
		select {
		case <-pause.C:
			changed = v.changed
		case <-changed:
			changed = nil
			pause.Reset(redrawEvery)
			draw()
		case <-second.C:
			age()
		case <-hold.asked:
			return asked
		case <-hold.continued:
			return continued
		case <-ended:
			return s.gone(v, hold)
		case <-v.closing:
			return closed
		}
	}
}

// gone waits for the end of the view without a terminal.
func (s *screen) gone(v *View, hold *suspension) reason {
	for {
		select {
		case <-v.closing:
			return closed
		case <-hold.asked:
			hold.stop()
		}
	}
}

// Messages to the model.
type (
	redraw struct{} // something is new
	grow   struct{} // a second has passed
	finish struct{} // take everything off
)

// model is what is on the terminal.
type model struct {
	view          *View
	width, height int
	left          string
	estimated     time.Time
	text          string
	lines         int // of text: it is never less than it was, but for a smaller terminal
	ages          bool
}

// Init implements [tea.Model].
func (m *model) Init() tea.Cmd { return nil }

// Update implements [tea.Model].
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
		m.draw()
	case redraw:
		m.draw()
	case grow:
		if m.ages {
			m.draw()
		}
	case finish:
		return m, tea.Quit
	}
	return m, nil
}

func (m *model) draw() {
	if m.width == 0 {
		return // its size is not known yet
	}
	if now := time.Now(); now.Sub(m.estimated) >= ageEvery {
		m.left, m.estimated = m.view.estimate(), now
	}
	m.text, m.ages = m.view.frame(m.width, m.height-1, m.left)
	lines := strings.Count(m.text, "\n") + 1
	m.lines = min(max(m.lines, lines), m.height-1)
	m.text += strings.Repeat("\n", max(m.lines-lines, 0))
}

// View implements [tea.Model].
func (m *model) View() tea.View {
	if m.text == "" {
		return tea.View{DisableBracketedPasteMode: true}
	}
	view := tea.NewView(m.text + "\n")
	view.DisableBracketedPasteMode = true
	view.Cursor = tea.NewCursor(0, m.lines) // below it, where a shell goes on if this ends by force
	return view
}
