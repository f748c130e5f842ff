package actor

import (
	"testing"

	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/lifecycle"
)

// obliging does as it is told, until it is told to end.
func obliging(self *Context, _, _ *text) (*text, error) {
	for {
		m, err := self.Select(KindOf[*text]())
		if err != nil {
			return nil, err
		}
		switch said := m.Body.(*text).GetValue(); said {
		case "get ready":
			self.Ready()
			self.Ready() // counts once
		case "end":
			return wrapperspb.String("ended"), nil
		}
		if err := self.Reply(&lifecycle.Ack{}); err != nil {
			return nil, err
		}
	}
}

var (
	sayer  = Define("sayer", obliging).AnnouncesReady()
	silent = Define("silent", obliging)
)

func init() {
	programs["sayer-program"] = func() { hostObject(sayer) }
	programs["silent-program"] = func() { hostObject(silent) }
}

// Whoever asked hears once that an object is ready: when it says so, or, of one
// that does not announce it, as soon as it begins.
func TestReady(t *testing.T) {
	tests := []struct {
		name   string
		object *Object[*text, *text, *text]
		early  bool // it is heard before the object says it
	}{
		{"an object that announces it", sayer, false},
		{"an object that does not", silent, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inEveryPlace(t, func(t *testing.T, p *place, order func(*Object[*text, *text, *text], *text) *order) {
				heard := make(chan struct{}, 9)
				o := order(tt.object, nil)
				if o.kind == nil {
					o.name = tt.object.Name() + "-program"
				}
				err := p.ends(p.object(func(self *Context) error {
					child := self.begin(o, []Option{OnReady(func() { heard <- struct{}{} })})
					tell := func(what string) {
						if _, err := Request[*lifecycle.Ack](self, child, wrapperspb.String(what)); err != nil {
							t.Errorf("%s: %v", what, err)
						}
					}
					tell("nothing")
					if tt.early {
						within(t, "ready", heard)
					} else if len(heard) > 0 {
						t.Error("heard before it said so")
					}
					tell("get ready")
					if !tt.early {
						within(t, "ready", heard)
					}
					_ = self.Send(child, wrapperspb.String("end"))
					_, err := self.SelectWithin(hang, KindOf[*lifecycle.Completed]())
					if len(heard) > 0 {
						t.Error("heard twice")
					}
					return err
				}))
				if err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// An object that ends before it said so was never ready.
func TestNeverReady(t *testing.T) {
	inEveryPlace(t, func(t *testing.T, p *place, order func(*Object[*text, *text, *text], *text) *order) {
		o := order(guest, wrapperspb.String("cannot"))
		heard := make(chan struct{}, 9)
		_, err := orderIn[*text](p, t.Context(), o, []Option{OnReady(func() { heard <- struct{}{} })})
		checkFault(t, err, lifecycle.ErrCannot, "^no such account$")
		if len(heard) != 0 {
			t.Errorf("heard %d times, want never", len(heard))
		}
	})
}
