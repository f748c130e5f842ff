package schedule

import (
	"context"
	"runtime"
	"time"

	"github.com/ansar-go/ansar/internal/schedule/engine"
	"github.com/ansar-go/ansar/internal/schedule/fingerprint"
)

// keys works out the keys of fingerprints beside everything else: that reads files. Only
// some are worked out at a time, however many jobs wait for theirs: each needs descriptors
// and a thread. It belongs to the scheduler's goroutine.
type keys struct {
	scheduler *scheduler
	most      int
	waiting   []engine.Fingerprint
	running   map[string]context.CancelFunc // by the job
}

func (k *keys) init(s *scheduler) {
	k.scheduler, k.most, k.running = s, max(2, runtime.NumCPU()), map[string]context.CancelFunc{}
}

// ask has the key of a job worked out in its turn.
func (k *keys) ask(a engine.Fingerprint) {
	k.waiting = append(k.waiting, a)
	k.next()
}

func (k *keys) next() {
	for len(k.running) < k.most && len(k.waiting) > 0 {
		a := k.waiting[0]
		k.waiting = k.waiting[1:]
		if k.scheduler.engine.Asks(a.Job.GetId()) {
			k.begin(a)
		}
	}
}

// drop ends what nobody waits for any more.
func (k *keys) drop() {
	for id, cancel := range k.running {
		if !k.scheduler.engine.Asks(id) {
			cancel()
		}
	}
}

func (k *keys) begin(a engine.Fingerprint) {
	s, id := k.scheduler, a.Job.GetId()
	ctx, cancel := context.WithCancel(context.Background())
	k.running[id] = cancel
	var key, none string
	var stored *fingerprint.Stored
	work := func() (err error) {
		key, none, err = fingerprint.Key(ctx, a.Job, s.run.options.Dir, a.NeedKeys)
		if key != "" {
			stored = s.run.store.Load(a.Job, s.run.options.Dir)
		}
		return err
	}
	s.begin(fingerprintObject, 0, bodyOf(work), func(err error) {
		cancel()
		delete(k.running, id)
		if s.engine.Asks(id) {
			s.complain(err)
			s.fingerprinted(id, key, none, stored)
		}
		k.next()
	})
}

// fingerprinted tells the engine of the key of a job, and of what is stored of it.
func (s *scheduler) fingerprinted(id, key, none string, stored *fingerprint.Stored) {
	now := time.Now()
	if why := fingerprint.WhyRun(key, none, stored); why != "" {
		s.run.note(now, "job "+id+" is to be run: "+why)
	}
	if stored == nil {
		s.apply(s.engine.Fingerprinted(id, key, nil, now))
		return
	}
	s.apply(s.engine.Fingerprinted(id, key, &engine.Stored{
		Key: stored.Key, Status: stored.Status, Value: stored.Value, Artefacts: stored.Artefacts,
	}, now))
}
