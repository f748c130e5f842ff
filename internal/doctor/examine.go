package doctor

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
)

// Options adjust [Examine]. A nil *Options means the defaults.
type Options struct {
	// Fix ends the orphans that are found.
	Fix bool

	// Schema checks what the home keeps of the declarations of a program. If nil,
	// they are not looked at.
	Schema func(data []byte) error

	// Young is the age below which a process that plays a role is no orphan: it
	// may be starting, and not have its lock yet. If zero, 2 seconds; if negative,
	// none.
	Young time.Duration

	// Grace is the time that an orphan has to end after SIGTERM. If zero, 5
	// seconds.
	Grace time.Duration
}

func (o *Options) orDefaults() Options {
	var given Options
	if o != nil {
		given = *o
	}
	given.Young = cmp.Or(given.Young, 2*time.Second)
	given.Grace = cmp.Or(given.Grace, 5*time.Second)
	return given
}

// examination is one look at a home.
type examination struct {
	options Options
	report  *Report
	home    *home.Home
	roles   []home.Role
	known   map[string]home.Role
	sets    map[string]*property.Set // of roles whose properties can be read
	machine machine
}

// Examine looks at the home at path. A home that cannot be opened is a finding,
// and the only one beside processes that its roles have left. The error matches
// [home.ErrNotHome] if there is no home and no such process, and is that of ctx
// if it ends; it blocks until then or until all is seen.
func Examine(ctx context.Context, path string, opts *Options) (*Report, error) {
	return examine(ctx, path, opts.orDefaults(), thisMachine())
}

func examine(ctx context.Context, path string, o Options, m machine) (*Report, error) {
	root, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	x := &examination{options: o, report: &Report{Home: root, Findings: []Finding{}}, machine: m}
	x.home, err = home.Open(root)
	if err != nil {
		x.strays()
		return x.unopened(err)
	}
	if x.roles, err = x.home.Roles(); err != nil {
		return x.unopened(err)
	}
	x.known, x.sets = map[string]home.Role{}, map[string]*property.Set{}
	for _, role := range x.roles {
		x.known[role.Name] = role
	}
	x.report.Roles = len(x.roles)
	for _, look := range []func(context.Context) error{
		x.properties, x.programs, x.order, x.files, x.histories, x.schemas, x.redirects, x.modes,
		x.locks, x.leftovers, x.disk, x.limits, x.clock, x.orphans,
	} {
		if err := look(ctx); err != nil {
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	x.report.sum()
	return x.report, nil
}

// unopened reports a home that no command can open.
func (x *examination) unopened(err error) (*Report, error) {
	f := Finding{Kind: Damaged, What: err.Error(), Advice: "no command can use this home until then"}
	switch {
	case errors.Is(err, home.ErrNewer):
	case errors.Is(err, home.ErrNotHome):
		_, lost := os.Lstat(filepath.Join(x.report.Home, "home.json"))
		if lost != nil && len(x.report.Findings) == 0 {
			return nil, err
		}
		f.Kind = Missing
	case !errors.Is(err, home.ErrDamaged):
		return nil, err
	}
	x.report.add(f)
	x.report.sum()
	return x.report, nil
}
