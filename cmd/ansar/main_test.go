package main

import (
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"github.com/ansar-go/ansar/examples/analyzer"
	"github.com/ansar-go/ansar/examples/busy"
	"github.com/ansar-go/ansar/examples/client"
	"github.com/ansar-go/ansar/examples/factorial"
	"github.com/ansar-go/ansar/examples/noop"
	"github.com/ansar-go/ansar/examples/server"
	"github.com/ansar-go/ansar/examples/snooze"
	"github.com/ansar-go/ansar/examples/zombie"
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/internal/runner"
)

// programs are what this test binary stands in for: scripts have it under each
// of these names on $PATH.
var programs = map[string]func(){
	"ansar":        main,
	"ansar-runner": runner.Main,
	"noop":         noop.Main,
	"snooze":       snooze.Main,
	"zombie":       zombie.Main,
	"factorial":    factorial.Main,
	"busy":         busy.Main,
	"server":       server.Main,
	"client":       client.Main,
	"analyzer":     analyzer.Main,

	"robot":    func() { framework.CreateObject(robot) },
	"reader":   func() { framework.CreateObject(reader) },
	"crash":    func() { framework.CreateObject(crash) },
	"refusal":  func() { framework.CreateObject(refusal) },
	"stubborn": func() { framework.CreateObject(stubborn) },
	"suspend":  func() { framework.CreateObject(suspend) },
	"late":     func() { framework.CreateObject(late) },
	"doomed":   func() { framework.CreateObject(doomed) },
	"shy":      func() { framework.CreateObject(shy) },
	"stranger": stranger,
	"mute":     mute,
	"hangs":    hangs,

	"as-nobody": asNobody,
}

func TestMain(m *testing.M) {
	// What the scripts interrupt must not have inherited that it is deaf.
	if signal.Ignored(syscall.SIGINT) {
		signal.Notify(make(chan os.Signal, 1), syscall.SIGINT)
	}
	testscript.Main(leakless{m}, programs)
}

// leakless fails where tests leave a goroutine.
type leakless struct{ m *testing.M }

func (l leakless) Run() int {
	code := l.m.Run()
	if code == 0 {
		if err := goleak.Find(goleak.IgnoreTopFunction("os/signal.loop")); err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			code = 1
		}
	}
	return code
}
