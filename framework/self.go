package framework

import (
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/home"
)

// programKey is how an object finds the program that it runs in.
type programKey struct{}

func programOf(self *actor.Context) *program {
	p, _ := self.Value(programKey{}).(*program)
	return p
}

// Model is the folder for what the component keeps from one run to the next.
// It is empty for a program outside of a home.
func Model(self *actor.Context) string { return folder(self, home.Model) }

// Tmp is the folder for what the component needs while it runs. It is emptied
// at the next start of the role. It is empty text outside of a home.
func Tmp(self *actor.Context) string { return folder(self, home.Tmp) }

// Resource is the folder of the files that belong to the executable, which all
// its roles share and none should write to. It is empty outside of a home.
func Resource(self *actor.Context) string { return folder(self, home.Resource) }

func folder(self *actor.Context, area home.Area) string {
	p := programOf(self)
	if p == nil || p.part == nil {
		return ""
	}
	name := p.part.role
	if area == home.Resource {
		name = p.part.executable
	}
	path, err := p.part.home.Folder(area, name)
	if err != nil {
		self.Fault("%v", err)
	}
	return path
}

// Words are the arguments that are not flags.
func Words(self *actor.Context) []string {
	p := programOf(self)
	if p == nil {
		return nil
	}
	return slices.Clone(p.given.words)
}

// StoreSettings keeps settings for the next run: in the home for a component,
// in the user's configuration folder for a tool. They must be of the type that
// the object was defined with. It blocks until they are on the disk. It may be
// called from any goroutine.
func StoreSettings(self *actor.Context, m proto.Message) error {
	p := programOf(self)
	if p == nil || p.keeper == nil && p.begin != nil {
		return errors.New("store settings: this process has none of its own, being neither a component nor run by hand")
	}
	want, is := p.message().ProtoReflect().Descriptor().FullName(), m.ProtoReflect().Descriptor().FullName()
	if want != is {
		return fmt.Errorf("store settings: %s takes %s, not %s", p.name, want, is)
	}
	return p.keep(home.Settings, m)
}
