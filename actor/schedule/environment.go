package schedule

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// needsFile is the file that tells a command how the jobs ended that it needs.
const needsFile = "needs.json"

// environment is the complete environment of a command of the work: that of this
// process, of the job, of the schedule and of the command, each over the one before.
func (w *work) environment(c *schedulepb.Command) ([]string, error) {
	needs, err := w.writeNeeds()
	if err != nil {
		return nil, err
	}
	own := append(w.variables(), needs...)
	own = append(own, "ANSAR_LOG="+w.log.Path(), "ANSAR_EVENTS="+w.path(eventsFile), "ANSAR_RESULT="+w.path(resultFile))
	return merged(w.run.env, listed(w.job.GetEnvironment()), own, listed(c.GetEnvironment())), nil
}

// variables tell every process of the work, commands and called ones, what it is.
func (w *work) variables() []string {
	a := w.assigned
	list := []string{
		"ANSAR_RUN=" + a.GetRun(), "ANSAR_RUN_FOLDER=" + w.run.folder, "ANSAR_JOB=" + a.GetJob(),
		"ANSAR_ATTEMPT=" + strconv.Itoa(int(a.GetAttempt())), "ANSAR_SLOT=" + strconv.Itoa(int(a.GetSlot())),
		"ANSAR_SEED=" + strconv.FormatUint(a.GetSeed(), 10),
		"ANSAR_OUTPUT=" + a.GetOutput(), "ANSAR_TMP=" + a.GetTemporary(), "TMPDIR=" + a.GetTemporary(),
	}
	if a.GetDeadline() != nil {
		list = append(list, "ANSAR_DEADLINE="+a.GetDeadline().AsTime().Format(time.RFC3339Nano))
	}
	var all []string
	byResource := map[string][]string{}
	for _, hold := range a.GetHolds() {
		all = append(all, hold.GetUnit())
		byResource[hold.GetResource()] = append(byResource[hold.GetResource()], hold.GetUnit())
	}
	list = append(list, "ANSAR_UNITS="+strings.Join(all, ","))
	for _, resource := range slices.Sorted(maps.Keys(byResource)) {
		list = append(list, "ANSAR_UNIT_"+variableName(resource)+"="+strings.Join(byResource[resource], ","))
	}
	return list
}

// writeNeeds leaves the outcomes of the jobs that this one needs in a file, as a
// JSON list, and names it.
func (w *work) writeNeeds() ([]string, error) {
	if len(w.assigned.GetNeeds()) == 0 {
		return nil, nil
	}
	text := []byte("[")
	for i, need := range w.assigned.GetNeeds() {
		if i > 0 {
			text = append(text, ',')
		}
		one, err := protojson.MarshalOptions{Resolver: w.run.options.resolver()}.Marshal(need)
		if err != nil {
			return nil, fmt.Errorf("write what it needs: %w", err)
		}
		text = append(append(text, '\n'), compactJSON(one)...)
	}
	file := filepath.Join(w.run.folder, w.folder, needsFile)
	if err := os.WriteFile(file, append(text, "\n]\n"...), 0o666); err != nil {
		return nil, fmt.Errorf("write what it needs: %w", err)
	}
	return []string{"ANSAR_NEEDS=" + file}, nil
}

// variableName makes a name one of a variable: upper case, _ for all but letters
// and digits.
func variableName(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
			return r
		}
		return '_'
	}, name)
}

func listed(variables map[string]string) []string {
	list := make([]string, 0, len(variables))
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		list = append(list, name+"="+variables[name])
	}
	return list
}

// merged is an environment in which the last of each name counts.
func merged(lists ...[]string) []string {
	var env []string
	at := map[string]int{}
	for _, list := range lists {
		for _, variable := range list {
			name, _, _ := strings.Cut(variable, "=")
			if i, ok := at[name]; ok {
				env[i] = variable
				continue
			}
			at[name] = len(env)
			env = append(env, variable)
		}
	}
	return env
}
