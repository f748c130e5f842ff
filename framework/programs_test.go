package framework_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/examples/examplespb"
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/internal/settings/settingstest"
	"github.com/ansar-go/ansar/lifecycle"
)

// every and robot return their settings.
var (
	everyObject = actor.Define("every",
		func(_ *actor.Context, s *settingstest.Every, _ *lifecycle.None) (*settingstest.Every, error) {
			return s, nil
		}).
		DefaultSettings(&settingstest.Every{AnInt32: 7, ABool: true, Doubles: []float64{1, 2}, Words: map[string]string{"a": "b"}})

	robotObject = actor.Define("robot",
		func(_ *actor.Context, s *settingstest.Robot, _ *lifecycle.None) (*settingstest.Robot, error) {
			return s, nil
		}).
		DefaultSettings(&settingstest.Robot{
			Seconds: 2, DryRun: true, Tags: []string{"old"}, Pause: durationpb.New(1500e6),
			Limits: &settingstest.Limits{MaxSize: 3},
		}).Version("1.2.3")

	takenObject = actor.Define("taken",
		func(_ *actor.Context, s *settingstest.Taken, _ *lifecycle.None) (*settingstest.Taken, error) {
			return s, nil
		})
)

// where tells what an object can ask the framework.
var whereObject = actor.Define("where", where).DefaultInput(wrapperspb.String("default input"))

func where(self *actor.Context, s *settingstest.Limits, in *wrapperspb.StringValue) (*structpb.Struct, error) {
	list := []any{}
	for _, w := range framework.Words(self) {
		list = append(list, w)
	}
	base := os.Getenv("WORK")
	short := func(path string) any { return strings.ReplaceAll(path, base, "$WORK") }
	folders := map[string]string{"model": framework.Model(self), "tmp": framework.Tmp(self), "resource": framework.Resource(self)}
	out := map[string]any{"words": list, "input": in.GetValue(), "size": float64(s.GetMaxSize())}
	for name, folder := range folders {
		out[name] = short(folder)
		if folder == "" {
			continue
		}
		entries, err := os.ReadDir(folder)
		if err != nil {
			return nil, err
		}
		out[name+"-files"] = float64(len(entries))
		if name != "resource" {
			if err := os.WriteFile(filepath.Join(folder, fmt.Sprint(os.Getpid())), nil, 0o600); err != nil {
				return nil, err
			}
		}
	}
	return structpb.NewStruct(out)
}

// exits returns an exit code.
var exitsObject = actor.Define("exits",
	func(_ *actor.Context, _ *lifecycle.None, in *wrapperspb.Int32Value) (*lifecycle.ExitCode, error) {
		return &lifecycle.ExitCode{Code: in.GetValue()}, nil
	})

// faulty ends in the manner that its first word names.
var faultyObject = actor.Define("faulty", faulty)

func faulty(self *actor.Context, _ *lifecycle.None, _ *lifecycle.None) (*lifecycle.Ack, error) {
	switch framework.Words(self)[0] {
	case "error":
		return nil, errors.New("cannot find the door")
	case "condition":
		return nil, &lifecycle.Faulted{Condition: "no power", Explanation: "plug it in"}
	case "joined":
		return nil, errors.Join(errors.New("first line"), errors.New("second line"))
	case "maybe":
		return nil, lifecycle.ErrMaybe
	case "panic":
		panic("it slipped")
	case "child":
		return actor.Call[*lifecycle.Ack](self, "crash", nil)
	case "nobody":
		return actor.Call[*lifecycle.Ack](self, "no-such-program", nil)
	}
	return &lifecycle.Ack{}, nil
}

// keeps stores its settings with one more second.
var keepsObject = actor.Define("keeps", keeps).DefaultSettings(&examplespb.SnoozeSettings{Seconds: 1})

func keeps(self *actor.Context, s *examplespb.SnoozeSettings, _ *lifecycle.None) (*lifecycle.Ack, error) {
	var next proto.Message = &examplespb.SnoozeSettings{Seconds: s.Seconds + 1}
	if len(framework.Words(self)) > 0 {
		next = &lifecycle.Ack{}
	}
	return &lifecycle.Ack{}, framework.StoreSettings(self, next)
}

// crash brings the whole process down.
var crashObject = actor.Define("crash", func(*actor.Context, *lifecycle.None, *lifecycle.None) (*lifecycle.Ack, error) {
	go panic("bang") // on a goroutine of its own, where nothing recovers from it
	select {}
})

// waits meets the script at the pipe $READY, and waits to be stopped. What it
// does then is its first word.
var waitsObject = actor.Define("waits", waits)

func waits(self *actor.Context, _ *lifecycle.None, _ *lifecycle.None) (*lifecycle.Ack, error) {
	word := strings.Join(framework.Words(self), "")
	if word == "stubborn" {
		self.Process("waits", nil) // a child that meets the script, and then needs to be killed
	} else {
		meet()
	}
	<-self.Done()
	switch {
	case self.Parent() != nil:
		select {}
	case word == "stubborn":
		meet()
		select {}
	case word == "gives":
		return &lifecycle.Ack{}, nil
	}
	return nil, self.Err()
}

// meet waits until somebody reads from the pipe $READY.
func meet() {
	f, err := os.OpenFile(os.Getenv("READY"), os.O_WRONLY, 0)
	if err != nil {
		panic(err)
	}
	f.Close()
}

// worker is an object for own-executable calls.
var workerObject = actor.Define("worker", where).DefaultInput(wrapperspb.String("default of worker"))

// calls calls the program that its first word names, in the manner that the
// second one names, and returns what that returned.
var callsObject = actor.Define("calls", calls)

func calls(self *actor.Context, _ *lifecycle.None, _ *lifecycle.None) (proto.Message, error) {
	words := framework.Words(self)
	var options []actor.Option
	var input proto.Message
	if len(words) > 1 {
		switch words[1] {
		case "settings":
			options = append(options, actor.Settings(&settingstest.Limits{MaxSize: 11}))
		case "wrong-settings":
			options = append(options, actor.Settings(&examplespb.SnoozeSettings{}))
		case "input":
			input = wrapperspb.String("from the caller")
		case "wrong-input":
			input = wrapperspb.Bool(true)
		case "role":
			options = append(options, actor.Role(words[2]))
		}
	}
	if words[0] == "worker" {
		return workerObject.Call(self, nil, options...)
	}
	return actor.Call[proto.Message](self, words[0], input, options...)
}

// forwards is a parent that starts a program with flags, as the command of a
// home does: forwards where --max-size=3. It prints what that returned.
func forwards() {
	host, err := actor.NewHost()
	if err != nil {
		panic(err)
	}
	host.Locate(func(name, _ string) (actor.Launch, error) {
		path, err := actor.Find(name)
		return actor.Launch{Path: path, Args: os.Args[1:]}, err
	})
	value, err := actor.Call[proto.Message](context.Background(), os.Args[1], nil)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(prototext.MarshalOptions{}.Format(value))
}

// asNobody runs a command as a user without any rights.
func asNobody() {
	if err := errors.Join(syscall.Setgroups(nil), syscall.Setgid(65534), syscall.Setuid(65534)); err != nil {
		panic(err)
	}
	path := os.Args[1]
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if _, err := os.Stat(filepath.Join(dir, path)); err == nil {
			path = filepath.Join(dir, path)
			break
		}
	}
	panic(syscall.Exec(path, os.Args[1:], os.Environ()))
}
