package actor

import (
	"context"
	"testing"

	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/lifecycle"
)

// A program's own function that panics while something is looked for is a fault
// of that call; the next one works.
func TestPanicWhileLooking(t *testing.T) {
	tests := []struct {
		name     string
		own      bool // an object of this program is called
		sabotage func(p *place)
	}{
		{"in the locator", false, func(p *place) {
			p.locate = func(string, string) (Launch, error) { panic("no map") }
		}},
		{"in the flags of the program's own objects", true, func(p *place) {
			p.ownFlags = func(string, string) ([]string, error) { panic("no map") }
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlace(t)
			p.keepLog(LevelFault)
			call := func() (*wrapperspb.StringValue, error) {
				return settled1(t, func() (*wrapperspb.StringValue, error) {
					if tt.own {
						return callObject(p, context.Background(), echo, wrapperspb.String("hello"))
					}
					return callIn[*wrapperspb.StringValue](p, context.Background(), "echo-program", wrapperspb.String("hello"))
				})
			}
			tt.sabotage(p)
			_, err := call()
			checkFault(t, err, lifecycle.ErrFaulted, `^echo(-program)?: cannot start \(panic while looking for it: no map\)$`)
			if lines := p.logged(); len(lines) != 1 {
				t.Errorf("logged %q, want one fault", lines)
			}
			p.locate, p.ownFlags = locatePrograms, nil
			if got, err := call(); err != nil || got.GetValue() != "hello" {
				t.Errorf("afterwards: %v, %v", got, err)
			}
		})
	}
}

// An object without a function is a mistake that shows at once.
func TestDefineNothing(t *testing.T) {
	const want = `actor: define "nothing" without a function`
	for name, define := range map[string]func(){
		"an object": func() { Define[*lifecycle.None, *lifecycle.None, *lifecycle.Ack]("nothing", nil) },
		"a machine": func() { DefineMachine[*lifecycle.None, *lifecycle.None, *lifecycle.Ack]("nothing", "NEW", nil) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %v, want %q", got, want)
				}
			}()
			define()
		})
	}
}
