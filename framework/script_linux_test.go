package framework_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what the programs print into the scripts")

// hangs is how long anything may take that takes no time.
const hangs = time.Minute

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_CONFIG_HOME", e.WorkDir+"/config")
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("GORACE", "atexit_sleep_ms=0")
			e.Setenv("GOCOVERDIR", os.Getenv("GOCOVERDIR"))
			return nil
		},
		Condition: func(name string) (bool, error) {
			switch name {
			case "root":
				return os.Getuid() == 0, nil
			case "mount":
				return canMount(), nil
			}
			return false, fmt.Errorf("no condition %q", name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":       status,
			"home":         makeHome,
			"property":     setProperty,
			"interrupted":  interrupted,
			"idle":         idle,
			"for-nobody":   forNobody,
			"small-disk":   smallDisk,
			"nothing-left": nothingLeft,
			"schema":       schema,
			"meet":         meetAt,
			"mkfifo":       makePipe,
		},
	})
}
