package schedule

// janitor removes what attempts have left and nobody is to keep, beside everything
// else: the next job need not wait for it.
type janitor struct {
	chores chan func()
	done   chan struct{} // closed when everything is done
}

// janitorQueue is how much may wait for the janitor; whoever has more does it himself.
const janitorQueue = 256

// newJanitor starts the goroutine, which ends with end.
func newJanitor() *janitor {
	j := &janitor{chores: make(chan func(), janitorQueue), done: make(chan struct{})}
	go func() {
		defer close(j.done)
		for do := range j.chores {
			do()
		}
	}()
	return j
}

// later has something done soon.
func (j *janitor) later(do func()) {
	select {
	case j.chores <- do:
	default:
		do()
	}
}

// end waits until all is done. Nothing may come later.
func (j *janitor) end() {
	close(j.chores)
	<-j.done
}
