package main

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/lifecycle"
)

// late is ready when somebody opens the pipe $WORK/late to write, and then does nothing
// until it is stopped.
var late = actor.Define("late",
	func(self *actor.Context, _, _ *lifecycle.None) (*lifecycle.Ack, error) {
		opened := make(chan struct{})
		go func() {
			if f, err := os.Open(filepath.Join(os.Getenv("WORK"), "late")); err == nil { // waits for the other end
				_ = f.Close()
				close(opened)
			}
		}()
		select {
		case <-opened:
			self.Ready()
		case <-self.Done():
		}
		_, err := self.Select()
		if errors.Is(err, lifecycle.ErrStopped) {
			return &lifecycle.Ack{}, nil
		}
		return nil, err
	}).AnnouncesReady()

// doomed dies before it is ready.
var doomed = actor.Define("doomed",
	func(self *actor.Context, _, _ *lifecycle.None) (*lifecycle.Ack, error) {
		self.Console("About to die")
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}).AnnouncesReady()

// shy returns a fault, and is never ready.
var shy = actor.Define("shy",
	func(*actor.Context, *lifecycle.None, *lifecycle.None) (*lifecycle.Ack, error) {
		return nil, errors.New("no power: plug it in")
	}).AnnouncesReady()
