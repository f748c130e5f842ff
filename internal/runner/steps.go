package runner

import "time"

const (
	// terminateLimit is how long a program has between SIGTERM and SIGKILL.
	terminateLimit = 2 * time.Second

	// killLimit is after what time one that was killed is killed again: the
	// system may hold a process for a while.
	killLimit = 2 * time.Second
)

// step does what an event asks for and gives the state after it.
type step func(*life) state

// steps says what happens at every event in every state. stay ignores an event,
// never is one that cannot come.
var steps = [numStates][numEvents]step{
	running: {
		evReady: (*life).announce,
		evEnd:   (*life).settle,
		evStop:  (*life).ask,
		evKill:  (*life).kill,
		evTime:  never(running),
	},
	ready: {
		evReady: stay(ready), // said twice
		evEnd:   (*life).settle,
		evStop:  (*life).ask,
		evKill:  (*life).kill,
		evTime:  never(ready),
	},
	stopping: {
		evReady: stay(stopping), // too late to matter
		evEnd:   (*life).finish,
		evStop:  (*life).hasten, // it comes from elsewhere, and may leave less time
		evKill:  (*life).kill,
		evTime:  (*life).terminate,
	},
	terminating: {
		evReady: stay(terminating),
		evEnd:   (*life).finish,
		evStop:  stay(terminating),
		evKill:  (*life).kill,
		evTime:  (*life).kill,
	},
	killing: {
		evReady: stay(killing),
		evEnd:   (*life).finish,
		evStop:  stay(killing),
		evKill:  (*life).kill,
		evTime:  (*life).kill, // until the system lets it go
	},
	waiting: {
		evReady: stay(waiting), // said an instant before the end
		evEnd:   never(waiting),
		evStop:  (*life).abandon,
		evKill:  (*life).abandon,
		evTime:  (*life).again,
	},
	over: {
		evReady: stay(over),
		evEnd:   never(over),
		evStop:  stay(over),
		evKill:  stay(over),
		evTime:  never(over),
	},
}

func stay(s state) step  { return func(*life) state { return s } }
func never(s state) step { return stay(s) }

func (l *life) announce() state {
	l.player.ready()
	return ready
}

func (l *life) ask() state {
	grace := l.player.ask(l.by)
	if l.limit > 0 {
		grace = min(grace, l.limit)
	}
	l.until = time.Now().Add(grace)
	l.within(grace)
	return stopping
}

func (l *life) hasten() state {
	if l.limit > 0 && time.Until(l.until) > l.limit {
		l.within(l.limit)
	}
	return stopping
}

func (l *life) terminate() state {
	l.player.terminate()
	l.within(terminateLimit)
	return terminating
}

func (l *life) kill() state {
	l.player.kill()
	l.within(killLimit)
	return killing
}

// finish is the end of a run that was told to end: there is no other one.
func (l *life) finish() state {
	e := l.player.end()
	l.player.settle("")
	l.player.over("it was stopped, and ended with " + e.text)
	return over
}

// settle is the end of a run that ended by itself.
func (l *life) settle() state {
	e := l.player.end()
	delay, failed, again := l.restarts.after(e, time.Now())
	l.player.settle(failed)
	switch {
	case again:
		return l.pause(e.text, delay)
	case failed != "":
		l.player.over(failed)
	default:
		l.player.over("it ended with " + e.text)
	}
	return over
}

func (l *life) pause(why string, delay time.Duration) state {
	l.restart++
	l.player.pause(why, delay)
	l.within(delay)
	return waiting
}

// again begins the next run. That it cannot is an end like others: what is
// missing may come back.
func (l *life) again() state {
	err := l.player.begin(l.restart)
	if err == nil {
		return running
	}
	delay, failed, again := l.restarts.after(ending{crash: true, text: err.Error()}, time.Now())
	if again {
		return l.pause(err.Error(), delay)
	}
	l.player.settle(failed)
	l.player.over(failed)
	return over
}

// abandon is an order to end while nothing runs.
func (l *life) abandon() state {
	l.player.over("it was stopped while it waited to be started again")
	return over
}
