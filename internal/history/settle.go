package history

// Settle returns the last run as [File.Last] does. If that is open, but its
// process has ended and nobody can know how, it adds to the file that the run
// has vanished, with the evidence. Who may still know is never overtaken: a
// process that holds the lock of the role or of its keeper, and the parent that
// the run named, as long as it lives. A file that cannot be written to is left
// as it is; the run that is returned has vanished all the same.
//
// Any number of processes may settle at once. It blocks for a write at most.
func (f *File) Settle() (*Run, error) {
	run, err := f.Last()
	if err != nil || run == nil || !run.Open() {
		return run, err
	}
	lost, err := f.lost(run)
	if err != nil || !lost {
		return run, err
	}
	end := f.Vanished(run)
	fresh := run
	err = f.change(false, func(w *writer) (*record, error) {
		fresh = w.tail.last()
		if fresh == nil || fresh.Number != run.Number || !fresh.Open() {
			return nil, nil // who knew it has said so before it went
		}
		fresh.End = &end
		return &record{Run: shown(run.Number), Event: ended, Time: now(), End: &end}, nil
	})
	if err != nil {
		run.End = &end
		return run, nil
	}
	return fresh, nil
}

// lost reports whether the process of an open run has ended, and nobody is left
// who could say how. The lock decides, which holds also for a process that
// cannot be seen from here; the ids count where they mean something.
func (f *File) lost(r *Run) (bool, error) {
	holder, err := f.home.Holder(f.role)
	if holder != nil || err != nil {
		return false, err
	}
	return !r.process.Alive() && !f.knows(r), nil
}

// knows reports whether somebody lives who sees the process of the run end.
func (f *File) knows(r *Run) bool {
	keeper, err := f.home.Holder(f.role + keeperSuffix)
	return keeper != nil || err != nil || r.parent.Alive()
}

const keeperSuffix = ".keeper" // of the name of the lock that a keeper holds
