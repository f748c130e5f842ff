package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/settings/schema"
)

var truths = []string{"false", "true"}

// eachSetting calls do for the flags of settings, besides those of own. Secret
// settings are not among them, since no flag can give them.
func (p *partial) eachSetting(own *pflag.FlagSet, do func(*schema.Program, *pflag.Flag)) {
	h, err := home.Open(p.homePath(p.env))
	if err != nil {
		return
	}
	for _, executable := range p.kind.executables(p) {
		program, err := newPrograms(p.env.ctx, h).kept(executable)
		if err != nil || program.Settings() == nil {
			continue
		}
		settingsFlags(program, program.Settings(), own).VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && (own == nil || own.Lookup(f.Name) == nil) {
				do(program, f)
			}
		})
	}
}

// names completes --name= of settings. Flags of the command are completed by
// cobra.
func (p *partial) names(word string) ([]string, cobra.ShellCompDirective) {
	var list []string
	directive := noFiles
	p.eachSetting(p.own, func(_ *schema.Program, f *pflag.Flag) {
		name := "--" + f.Name
		if f.NoOptDefVal == "" {
			name += "="
			if strings.HasPrefix(name, word) {
				directive |= cobra.ShellCompDirectiveNoSpace
			}
		}
		list = append(list, name+"\t"+f.Usage)
	})
	return once(list), directive
}

// settingValues lists what a setting can be, where that is one of a few names. It
// takes a value, be it an unknown one, unless it is a switch.
func (p *partial) settingValues(name string) (list []string, takes bool) {
	takes = true
	p.eachSetting(p.own, func(program *schema.Program, f *pflag.Flag) {
		if f.Name == strings.ReplaceAll(name, "_", "-") {
			takes = f.NoOptDefVal == ""
			list = append(list, values(program, f)...)
		}
	})
	return once(list), takes
}

// set completes name=value of --set. In the scripts of shells, what stands before
// the value differs: bash wants the name there, others want it absent if the word
// is a flag or has a hyphen before the =. Where they differ nothing must be wrong.
func (p *partial) set(typed string, whole bool) ([]string, cobra.ShellCompDirective) {
	name, _, valued := strings.Cut(typed, "=")
	var list []string
	p.eachSetting(nil, func(program *schema.Program, f *pflag.Flag) {
		switch {
		case f.Name == "set":
		case !valued:
			list = append(list, f.Name+"=\t"+f.Usage)
		case f.Name != strings.ReplaceAll(name, "_", "-"):
		case whole:
			list = append(list, values(program, f)...)
		case !strings.Contains(name, "-"):
			for _, value := range values(program, f) {
				list = append(list, name+"="+value)
			}
		}
	})
	if valued {
		return once(list), noFiles
	}
	return once(list), noFiles | cobra.ShellCompDirectiveNoSpace
}

func once(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// values lists what a setting of a program can be, where that is one of a few
// names.
func values(p *schema.Program, f *pflag.Flag) []string {
	if f.NoOptDefVal != "" {
		return truths
	}
	md := p.Settings().ProtoReflect().Descriptor()
	var fd protoreflect.FieldDescriptor
	for part := range strings.SplitSeq(f.Name, ".") {
		if md == nil {
			return nil
		}
		if fd = md.Fields().ByName(protoreflect.Name(strings.ReplaceAll(part, "-", "_"))); fd == nil {
			return nil
		}
		md = fd.Message()
	}
	switch fd.Kind() {
	case protoreflect.BoolKind:
		return truths
	case protoreflect.EnumKind:
		var names []string
		for i := range fd.Enum().Values().Len() {
			names = append(names, string(fd.Enum().Values().Get(i).Name()))
		}
		return names
	}
	return nil
}
