package framework_test

import (
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"github.com/ansar-go/ansar/examples/factorial"
	"github.com/ansar-go/ansar/examples/noop"
	"github.com/ansar-go/ansar/examples/snooze"
	"github.com/ansar-go/ansar/framework"
)

// programs are what this test binary can be: testscript copies it under every
// name below and puts the copies on $PATH.
var programs = map[string]func(){
	"noop":      noop.Main,
	"snooze":    snooze.Main,
	"factorial": factorial.Main,

	"every":  func() { framework.CreateObject(everyObject) },
	"robot":  func() { framework.CreateObject(robotObject) },
	"taken":  func() { framework.CreateObject(takenObject) },
	"where":  func() { framework.CreateObject(whereObject) },
	"exits":  func() { framework.CreateObject(exitsObject) },
	"faulty": func() { framework.CreateObject(faultyObject) },
	"keeps":  func() { framework.CreateObject(keepsObject) },
	"waits":  func() { framework.CreateObject(waitsObject) },
	"calls":  func() { framework.CreateObject(callsObject) },
	"crash":  func() { framework.CreateObject(crashObject) },

	"backs":     func() { framework.CreateObject(backsObject) },
	"announces": func() { framework.CreateObject(announcesObject) },
	"asstarter": asStarter,

	"asnobody": asNobody,
	"forwards": forwards,
}

func TestMain(m *testing.M) {
	if signal.Ignored(syscall.SIGINT) { // and so it would be in the programs
		signal.Notify(make(chan os.Signal, 1), syscall.SIGINT)
	}
	testscript.Main(leakless{m}, programs)
}

// leakless runs the tests and then looks for goroutines that they left.
type leakless struct{ m *testing.M }

func (l leakless) Run() int {
	code := l.m.Run()
	if code == 0 {
		if err := goleak.Find(goleak.IgnoreTopFunction("os/signal.loop")); err != nil {
			println(err.Error())
			return 1
		}
	}
	return code
}
