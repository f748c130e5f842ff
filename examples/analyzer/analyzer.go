// Package analyzer is a program that is given what the tests of a run have
// found.
package analyzer

import (
	"maps"
	"slices"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/lifecycle"
)

func analyzer(self *actor.Context, _ *lifecycle.None, suite *lifecycle.TestSuite) (*lifecycle.Ack, error) {
	for _, role := range slices.Sorted(maps.Keys(suite.GetReport())) {
		self.Console("Analyzed %s", role)
	}
	return &lifecycle.Ack{}, nil
}

// Analyzer looks at each report of a suite.
var Analyzer = actor.Define("analyzer", analyzer)

// Main is the program.
func Main() { framework.CreateObject(Analyzer) }
