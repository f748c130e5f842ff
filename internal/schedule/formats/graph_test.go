package formats

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Of a plan with a cycle the arrows on it are red, whatever they wait for, and no others.
func TestCircles(t *testing.T) {
	need := func(id string, after schedulepb.After) *schedulepb.Need {
		return &schedulepb.Need{Job: id, After: after}
	}
	finish, success := schedulepb.After_AFTER_FINISH, schedulepb.After_AFTER_SUCCESS
	p := &schedulepb.Plan{Jobs: []*schedulepb.Job{
		{Id: "a", Needs: []*schedulepb.Need{need("b", finish), need("nobody", success)}},
		{Id: "b", Needs: []*schedulepb.Need{need("d", success), need("a", success)}},
		{Id: "c", Needs: []*schedulepb.Need{need("a", success)}},
		{Id: "d"},
	}}
	var dot, mermaid bytes.Buffer
	if err := DOT(&dot, p, nil); err != nil {
		t.Fatal(err)
	}
	if err := Mermaid(&mermaid, p, nil); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(dot.String() + mermaid.String()) {
		if strings.Contains(line, circle) {
			got = append(got, strings.TrimSpace(line))
		}
	}
	want := []string{
		`"b" -> "a" [style=dashed, color="#c00000", penwidth=2]`, `"a" -> "b" [color="#c00000", penwidth=2]`,
		"linkStyle 0,2 stroke:#c00000,stroke-width:2px",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("red arrows (-want +got):\n%s", diff)
	}
}
