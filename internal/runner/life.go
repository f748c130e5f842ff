package runner

import "time"

// state is where a runner is with its role. The table in steps.go is total.
type state int

const (
	running     state = iota // a run goes on, and is not ready
	ready                    // a run goes on, and is ready
	stopping                 // the run was told to end, and has time to
	terminating              // all of it was sent SIGTERM
	killing                  // all of it was sent SIGKILL
	waiting                  // a run has ended, the next begins after a pause
	over                     // nothing runs, and nothing will
	numStates
)

// event is what happens to a runner.
type event int

const (
	evReady event = iota // the run is ready
	evEnd                // the run has ended, and nothing of it is left
	evStop               // the first order to end
	evKill               // another one: at once
	evTime               // the time that was set is up
	numEvents
)

// occurrence is an event, and what belongs to it.
type occurrence struct {
	event event
	run   int           // of evReady and evEnd: the restart it is about
	by    string        // of evStop: who
	limit time.Duration // of evStop: the most grace there is; 0: no limit
}

// ending is what became of a run, as far as restarts are concerned.
type ending struct {
	crash bool   // it is one that on-crash answers
	final bool   // there is to be no other one: somebody told it to end, say
	text  string // how it ended, to follow "it ended with"
	took  time.Duration
}

// player runs a role: a plain program, or a component. Its methods are called
// by the life, one at a time.
type player interface {
	// begin starts a run, which announces itself with evReady and evEnd. An
	// error: nothing runs.
	begin(restart int) error

	// ready says to everybody that the run is ready.
	ready()

	// ask tells the run to end, and returns how long it has.
	ask(by string) time.Duration

	terminate()
	kill()

	// end returns what became of the run, after evEnd.
	end() ending

	// settle writes it down. failed says why there will be no other run after
	// this, where one was due.
	settle(failed string)

	// pause is told that another run begins after a delay, and why.
	pause(why string, delay time.Duration)

	// over is told that there will be no other run, and why.
	over(why string)
}

// life keeps a role going: runs, restarts and the end.
type life struct {
	player   player
	restarts *restarts
	posts    chan occurrence
	timer    *time.Timer

	state   state
	restart int           // the number of the present run, 0 at first
	by      string        // of the order to end
	limit   time.Duration // of that order
	until   time.Time     // the grace is over
}

func newLife(rule Restart) *life {
	l := &life{restarts: newRestarts(rule), posts: make(chan occurrence, 8), timer: time.NewTimer(time.Hour)}
	l.timer.Stop()
	return l
}

// post tells of an event. It may be called from any goroutine until the life is
// over, and does not block for long.
func (l *life) post(o occurrence) { l.posts <- o }

// live begins the first run, and returns when there will be no other one. The
// error says why there was none.
func (l *life) live() error {
	if err := l.player.begin(0); err != nil {
		return err
	}
	return l.goOn()
}

// goOn is live for a first run that has begun already.
func (l *life) goOn() error {
	for l.state != over {
		select {
		case o := <-l.posts:
			l.on(o)
		case <-l.timer.C:
			l.on(occurrence{event: evTime, run: l.restart})
		}
	}
	l.timer.Stop()
	return nil
}

func (l *life) on(o occurrence) {
	switch o.event {
	case evReady, evEnd:
		if o.run != l.restart {
			return // of a run before this
		}
	case evStop:
		l.by, l.limit = o.by, o.limit
	}
	l.state = steps[l.state][o.event](l)
}

// within sets the time after which evTime comes.
func (l *life) within(d time.Duration) { l.timer.Reset(d) }
