package runner

// programVariable makes this test binary one of the programs below.
const programVariable = "ANSAR_RUNNER_TEST_PROGRAM"

var programs = map[string]func(){
	"notify":     notify,
	"serve":      serve,
	"numbered":   numbered,
	"component":  component,
	"counted":    counted,
	"foreground": foreground,
}
