package engine

import (
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// ready is called once all needs of a job are met.
func (e *Engine) ready(j *job) {
	switch {
	case j.spec.GetSkip() != "":
		e.end(j, schedulepb.Status_STATUS_SKIPPED, &schedulepb.Cause{Text: j.spec.GetSkip()}, nil)
		return
	case e.keeps(j):
		return
	}
	if j.spec.GetFingerprint() != nil {
		if keys, ok := e.needKeys(j); ok {
			j.state = asking
			e.do(Fingerprint{Job: j.spec, NeedKeys: keys})
			return
		}
	}
	e.enqueue(j)
}

// unrunnable ends a job whose units are out of service: by its attempts, if one was bad.
func (e *Engine) unrunnable(j *job, why string) {
	if j.tally != nil && j.tally.bads > 0 {
		e.conclude(j, j.sum(nil))
		return
	}
	e.end(j, schedulepb.Status_STATUS_UNRUNNABLE, &schedulepb.Cause{Text: why, Kind: quarantined}, nil)
}

// needKeys are the fingerprints of the jobs that a job needs. If one has none then nothing is known
// of what the job depends on, and it is run. Set-up changes nothing in what comes of a job, so it may have none.
func (e *Engine) needKeys(j *job) (map[string]string, bool) {
	keys := make(map[string]string, len(j.spec.GetNeeds()))
	for _, need := range j.spec.GetNeeds() {
		other := e.byID[need.GetJob()]
		key := other.key
		if key == "" && other.state == ended && other.spec.GetSkip() != "" {
			key = "skipped"
		}
		switch {
		case key != "":
			keys[other.id()] = key
		case !other.spec.GetSetup():
			return nil, false
		}
	}
	return keys, true
}

// Fingerprinted answers [Fingerprint]. The key is empty if it could not be worked out. Stored is
// nil if there is nothing, it is broken, or an output of the job is not there.
func (e *Engine) Fingerprinted(id, key string, stored *Stored, now time.Time) Step {
	if !e.enter(now) {
		return Step{}
	}
	j := e.byID[id]
	if j == nil || j.state != asking {
		return e.step // it was ended meanwhile
	}
	j.key = key
	if key == "" || stored == nil || stored.Key != key || j.rerun == runAgain {
		e.enqueue(j)
		return e.leave()
	}
	e.announce(j, stored.Artefacts)
	e.end(j, schedulepb.Status_STATUS_UNCHANGED, &schedulepb.Cause{Text: "nothing that it depends on has changed"}, stored.Value)
	return e.leave()
}

// announce brings back artefacts of an earlier run.
func (e *Engine) announce(j *job, artefacts []*schedulepb.ArtefactReady) {
	for _, a := range artefacts {
		e.event(j, 0, j.queuedAt).Kind = &schedulepb.Event_ArtefactReady{ArtefactReady: a}
		j.keepArtefact(a)
	}
}

// Asks reports whether the job still waits for [Engine.Fingerprinted].
func (e *Engine) Asks(id string) bool {
	j := e.byID[id]
	return j != nil && j.state == asking
}
