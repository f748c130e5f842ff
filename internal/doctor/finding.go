package doctor

import (
	"cmp"
	"fmt"
	"slices"
)

// Kind says what a finding is about.
type Kind string

// The kinds of findings, in the order in which they are told.
const (
	Orphan   Kind = "orphan"   // a process of a role that nobody answers for
	Damaged  Kind = "damaged"  // a file that cannot be understood
	Missing  Kind = "missing"  // a program, folder or role that another needs
	Redirect Kind = "redirect" // an area that leads elsewhere than home.json says
	Open     Kind = "open"     // others than the owner can read the home
	Disk     Kind = "disk"
	Limit    Kind = "limit"
	Clock    Kind = "clock"
	Lock     Kind = "lock"     // left by a process that was killed: a note
	Leftover Kind = "leftover" // belongs to no role: a note
)

var order = []Kind{Orphan, Damaged, Missing, Redirect, Open, Disk, Limit, Clock, Lock, Leftover}

// Finding is something that is not as it should be.
type Finding struct {
	Kind Kind `json:"kind"`

	// Note says that nothing is wrong: it is good to know, no more.
	Note bool `json:"note,omitempty"`

	Role string `json:"role,omitempty"` // the role that it is about, if it is one
	PID  int    `json:"pid,omitempty"`  // the process
	Path string `json:"path,omitempty"` // the file or folder
	Line int    `json:"line,omitempty"` // in the file, from 1

	What   string `json:"what"`   // one line
	Advice string `json:"advice"` // what to do
	Fixed  bool   `json:"fixed,omitempty"`
}

// String is the finding as a line, without its newline.
func (f Finding) String() string {
	where := f.Path
	if f.Line > 0 {
		where = fmt.Sprintf("%s:%d", where, f.Line)
	}
	text := string(f.Kind) + ": "
	if where != "" {
		text += where + ": "
	}
	text += f.What
	if f.Fixed {
		return text + " (ended)"
	}
	return text + ": " + f.Advice
}

// Report is what was found.
type Report struct {
	Home     string    `json:"home"`
	Healthy  bool      `json:"healthy"` // there are no findings but notes
	Roles    int       `json:"roles"`
	Running  int       `json:"running"`
	Findings []Finding `json:"findings"`
}

// add keeps a finding.
func (r *Report) add(f Finding) { r.Findings = append(r.Findings, f) }

// sum brings findings into order and judges them.
func (r *Report) sum() {
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Kind), slices.Index(order, b.Kind)),
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Role, b.Role), cmp.Compare(a.PID, b.PID))
	})
	r.Healthy = !slices.ContainsFunc(r.Findings, func(f Finding) bool { return !f.Note && !f.Fixed })
}
