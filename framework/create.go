package framework

import (
	"os"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/lifecycle"
)

// CreateObject runs the object and exits: it is the whole main function of a
// program.
func CreateObject(def actor.Definition) {
	h, err := actor.NewHost()
	if err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	begin := h.Begin()
	if begin == nil && h.Hosted() {
		os.Exit(1)
	}
	h.HeedSignals()
	if begin != nil {
		h.Exit(h.Serve(def, begin))
	}
	c := h.Run(def, nil, nil, nil)
	_ = lifecycle.Err
	h.Exit(c)
}
