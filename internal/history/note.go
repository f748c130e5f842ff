package history

import (
	"errors"
	"syscall"
)

// Ready notes that run number says that it does what it is for. Only the first
// time counts. It blocks for a write.
func (f *File) Ready(number int) error {
	return f.change(false, func(*writer) (*record, error) {
		return &record{Run: shown(number), Event: ready, Time: now()}, nil
	})
}

// Stopping notes who is going to stop run number, before it is told to: a command
// or a signal. It blocks for a write.
func (f *File) Stopping(number int, by string) error {
	return f.change(false, func(*writer) (*record, error) {
		return &record{Run: shown(number), Event: stopping, Time: now(), By: by}, nil
	})
}

// End notes how run number has ended, which its process does last of all, or a
// parent when it is reaped: whoever knows best comes first, and if there is an
// exact end already, nothing is changed. A zero time is now. It blocks for a
// write.
//
// Where the disk is full, the value and the last lines are left out.
func (f *File) End(number int, e Ending) error {
	if e.Time.IsZero() {
		e.Time = now()
	}
	err := f.end(number, &e)
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		e.Value, e.LastLines = nil, nil
		if e.Text == "" {
			e.Text = "the value is lost, the disk was full"
		}
		return f.end(number, &e)
	}
	return err
}

// GiveUp notes why the role is not started again after run number, which has
// ended. A keeper does so where the component itself wrote its end. It blocks for
// a write.
func (f *File) GiveUp(number int, why string) error {
	return f.change(false, func(*writer) (*record, error) {
		return &record{Run: shown(number), Event: failed, Time: now(), Why: why}, nil
	})
}

func (f *File) end(number int, e *Ending) error {
	return f.change(false, func(w *writer) (*record, error) {
		if w.tail.ended(number, e.exact()) {
			return nil, nil
		}
		if len(w.tail.records) == 0 || int(w.tail.records[0].Run) > number { // an earlier run
			run, _, err := f.find(number)
			if err != nil || run != nil && (run.End.exact() || !e.exact()) {
				return nil, err
			}
		}
		return &record{Run: shown(number), Event: ended, Time: now(), End: e}, nil
	})
}

// ended reports whether an end of the run is among the records.
func (t *tail) ended(number int, exact bool) bool {
	for _, rec := range t.records {
		if int(rec.Run) == number && rec.Event == ended && (rec.End.exact() || !exact) {
			return true
		}
	}
	return false
}
