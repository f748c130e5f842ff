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

// drive implements shower. It asks for a frame when something is new.
func (s *screen) drive(v *View) {
	m := &model{view: v}
	program := tea.NewProgram(m, tea.WithOutput(s.out), tea.WithInput(nil), tea.WithoutSignalHandler(), tea.WithFPS(int(time.Second/redrawEvery)))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = program.Run() // a terminal that is gone shows nothing
	}()
	s.pace(v, func() { program.Send(redraw{}) }, func() { program.Send(grow{}) }, ended)
	program.Send(finish{}) // one that has ended takes nothing
	<-ended
	if m.lines > 0 { // the cursor is in the line below them
		_, _ = io.WriteString(s.out, ansi.CursorUp(m.lines)+"\r"+ansi.EraseScreenBelow)
	}
}

// pace calls draw when something is new, with a pause after it, and age each second,
// until the view is closed. If the terminal is gone, which closes ended, only that is
// waited for.
func (s *screen) pace(v *View, draw, age func(), ended <-chan struct{}) {
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
		case <-ended:
			<-v.closing
			return
		case <-v.closing:
			return
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
