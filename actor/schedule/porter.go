package schedule

import (
	"os"
	"path/filepath"
	"sync"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// porter makes the folders of first attempts before they are needed, in the order of
// the plan: on many disks to make a folder takes as long as to start a process, and a
// free slot would have to wait for it. What it has not made yet, the attempt makes.
type porter struct {
	folder string // of the run
	spares *spares
	room   chan struct{}
	stop   chan struct{}
	done   chan struct{} // closed when the goroutine has ended

	mu   sync.Mutex      // guards the field below
	made map[string]bool // by job; false: it was needed
}

// newPorter starts the goroutine, which ends with end. It makes so many folders at
// once, and another one each time that an attempt has been started.
func newPorter(folder string, ahead int, jobs []*schedulepb.Job, spares *spares) *porter {
	p := &porter{folder: folder, spares: spares, room: make(chan struct{}, ahead), made: map[string]bool{}}
	p.stop, p.done = make(chan struct{}), make(chan struct{})
	for range ahead {
		p.goOn()
	}
	go p.work(jobs)
	return p
}

func (p *porter) work(jobs []*schedulepb.Job) {
	defer close(p.done)
	for _, j := range jobs {
		if !p.wanted(j.GetId()) {
			continue
		}
		select {
		case <-p.room:
		case <-p.stop:
			return
		}
		if p.wanted(j.GetId()) && p.make(j.GetId()) != nil {
			return // whoever needs the folder says what is wrong
		}
	}
}

func (p *porter) make(job string) error {
	p.mu.Lock()
	p.made[job] = true
	p.mu.Unlock()
	attempt := filepath.Join(p.folder, attemptFolder(job, 1))
	if err := p.spares.furnish(attempt); err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(attempt, "log"), os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	return log.Close()
}

// wanted reports whether the folder of a job is not made, and not needed yet.
func (p *porter) wanted(job string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, known := p.made[job]
	return !known
}

// needed says that a job has its first attempt: its folder stays.
func (p *porter) needed(job string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.made[job] = false
}

// goOn has one more folder made: somebody else has all that he needs.
func (p *porter) goOn() {
	select {
	case p.room <- struct{}{}:
	default:
	}
}

// end removes what was made and not needed.
func (p *porter) end() {
	close(p.stop)
	<-p.done
	for job, unused := range p.made {
		if unused {
			_ = os.RemoveAll(filepath.Join(p.folder, jobsFolder, job)) // it is empty
		}
	}
}
