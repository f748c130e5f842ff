//go:build linux

package osproc_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"testing"

	"github.com/ansar-go/ansar/internal/osproc"
)

// Processes are killed at any moment, from several sides at once, while others
// start and os/exec works beside them: each ends once, by SIGKILL, and nothing
// is left of any.
func TestStorm(t *testing.T) {
	const workers, each = 8, 25
	before := descriptors(t)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for range each {
				oneOfTheStorm(t)
			}
		})
	}
	all.Go(func() {
		for range each {
			if err := exec.Command(tool(t, "true")).Run(); err != nil {
				t.Errorf("os/exec beside us: %v", err)
			}
		}
	})
	all.Wait()
	if after := descriptors(t); after != before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

func oneOfTheStorm(t *testing.T) {
	spec := sleeper(t)
	spec.Stdout, spec.Stderr = io.Discard, io.Discard
	spec.NewSession = rand.IntN(2) == 0
	p, err := osproc.Start(spec)
	if err != nil {
		t.Error(err)
		return
	}
	var sides sync.WaitGroup
	for _, send := range []func(syscall.Signal) error{p.Signal, p.SignalGroup} {
		sides.Go(func() {
			for range rand.IntN(50) {
				runtime.Gosched()
			}
			if err := send(syscall.SIGKILL); err != nil && !errors.Is(err, os.ErrProcessDone) {
				t.Error(err)
			}
		})
	}
	sides.Go(func() {
		<-p.Exited()
		if got := p.Exit().Signal; got != syscall.SIGKILL {
			t.Errorf("ended by %v", p.Exit())
		}
	})
	<-p.Done()
	sides.Wait()
	if err := p.SignalGroup(syscall.SIGKILL); !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("signal after done: %v", err)
	}
	if err := p.WriteErr(); err != nil {
		t.Error(err)
	}
}
