package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/settings/settingstest"
	"github.com/ansar-go/ansar/lifecycle"
)

// robot returns its settings, which are of many kinds.
var robot = actor.Define("robot",
	func(_ *actor.Context, s *settingstest.Robot, _ *lifecycle.None) (*settingstest.Robot, error) {
		return s, nil
	}).
	DefaultSettings(&settingstest.Robot{
		Seconds: 2, DryRun: true, Tags: []string{"old"}, Pause: durationpb.New(1500e6), Limits: &settingstest.Limits{MaxSize: 3},
	})

// reader returns the first line of its standard input.
var reader = actor.Define("reader",
	func(*actor.Context, *lifecycle.None, *lifecycle.None) (*wrapperspb.StringValue, error) {
		line, _ := bufio.NewReader(os.Stdin).ReadString('\n') // nothing is a line, too
		return wrapperspb.String(line), nil
	})

// crash ends by a signal.
var crash = actor.Define("crash",
	func(*actor.Context, *lifecycle.None, *lifecycle.None) (*lifecycle.Ack, error) {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL) // does not return
		select {}
	})

// refusal ends in a fault.
var refusal = actor.Define("refusal",
	func(*actor.Context, *lifecycle.None, *lifecycle.None) (*lifecycle.Ack, error) {
		return nil, errors.New("no power: plug it in")
	})

// stubborn does not stop, and has a child that does not stop either.
var stubborn = actor.Define("stubborn",
	func(self *actor.Context, _, _ *lifecycle.None) (*lifecycle.Ack, error) {
		self.Process("zombie", nil)
		self.Console("Do not stop")
		select {}
	})

// suspend suspends itself, again and again: it hears of nothing.
var suspend = actor.Define("suspend",
	func(_ *actor.Context, _, _ *lifecycle.None) (*lifecycle.Ack, error) {
		fmt.Fprintln(os.Stderr, "Hear nothing") // a line of its log might still be on its way
		for {
			_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP) // until somebody says SIGCONT
		}
	})

// stranger is not a program of this framework.
func stranger() {
	fmt.Fprintln(os.Stderr, "usage: stranger file")
	os.Exit(64)
}

// mute is not one either: it ends well and says nothing.
func mute() {}

// hangs meets the script at the pipe $MEET, if there is one, and never ends.
func hangs() {
	if pipe := os.Getenv("MEET"); pipe != "" {
		f, err := os.OpenFile(pipe, os.O_WRONLY, 0)
		if err != nil {
			panic(err)
		}
		f.Close()
	}
	select {}
}

// asNobody runs a command as a user who owns nothing.
func asNobody() {
	path, err := exec.LookPath(os.Args[1])
	if err == nil {
		err = errors.Join(syscall.Setgroups(nil), syscall.Setgid(65534), syscall.Setuid(65534))
	}
	if err == nil {
		err = syscall.Exec(path, os.Args[1:], os.Environ())
	}
	fmt.Fprintln(os.Stderr, "as-nobody:", err)
	os.Exit(99)
}
