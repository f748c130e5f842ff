package cli

import (
	"bytes"
	"errors"
	"strings"
	"syscall"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/group"
	"github.com/ansar-go/ansar/lifecycle"
)

// Who interrupts twice did not wait for a role to stop in time.
func TestReportSaysWhyARoleWasKilled(t *testing.T) {
	for name, tt := range map[string]struct {
		killed bool
		want   string
		status int
	}{
		"after the grace":         {false, "ansar: role \"stubborn-0\" did not stop in time and was killed\n", statusDone},
		"at the second interrupt": {true, "ansar: role \"stubborn-0\" was killed\n", statusInterrupted},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			e := &env{stdout: &stdout, stderr: &stderr, command: "run"}
			aborted := &lifecycle.Aborted{Executable: "stubborn", Signal: proto.Int32(int32(syscall.SIGKILL))}
			err := e.report(&found{given: &given{homePath: "home"}}, &group.Result{
				Completed: []group.Ending{{
					Role: "stubborn-0", Value: lifecycle.Complete(aborted).GetValue(), Fault: aborted, Late: true,
				}},
				Stopped: true, Killed: tt.killed,
			})
			if stderr.String() != tt.want {
				t.Errorf("standard error: got %q, want %q", stderr.String(), tt.want)
			}
			status := statusDone
			if said := new(silent); errors.As(err, &said) {
				status = said.status
			}
			if status != tt.status {
				t.Errorf("status %d, want %d (%v)", status, tt.status, err)
			}
			if !strings.Contains(stdout.String(), `"role": "stubborn-0"`) {
				t.Errorf("the result is missing: %s", stdout.String())
			}
		})
	}
}
