package framework_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/lifecycle"
)

func init() {
	programs["hesitant"] = func() { framework.CreateObject(hesitantObject) }
	programs["tester"] = func() { framework.CreateObject(testerObject) }
}

// hesitant wants to be asked as often as its input says, and counts in its
// model folder, or not at all outside of a home. It returns how often it was
// asked.
var hesitantObject = actor.Define("hesitant", hesitant).DefaultInput(wrapperspb.Int32(2))

func hesitant(self *actor.Context, _ *lifecycle.None, in *wrapperspb.Int32Value) (*wrapperspb.Int32Value, error) {
	asked := int32(1)
	if folder := framework.Model(self); folder != "" {
		file := filepath.Join(folder, strconv.Itoa(os.Getpid())) // all attempts are in one process
		text, _ := os.ReadFile(file)                             // none at the first time
		asked += int32(len(text))
		if err := os.WriteFile(file, append(text, 'x'), 0o600); err != nil {
			return nil, err
		}
	}
	if len(framework.Words(self)) > 0 {
		meet()
	}
	if asked < in.GetValue() {
		return nil, &lifecycle.Maybe{Condition: "ask again"}
	}
	return wrapperspb.Int32(asked), nil
}

// tester tests whether each of its words is "good".
var testerObject = actor.Define("tester", func(self *actor.Context, _, _ *lifecycle.None) (*lifecycle.TestReport, error) {
	for _, word := range framework.Words(self) {
		self.Test(word == "good", "Expected %q, got %q", "good", word)
	}
	return self.TestReport(), nil
})

// setProperty gives a role a property: property dir role name value
func setProperty(ts *testscript.TestScript, _ bool, args []string) {
	h, err := home.Open(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(h.SetProperty(args[2], json.RawMessage(args[3]), args[1]))
}
