package actor

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// hang is when a test gives up on an event. Nothing takes that long unless
// something is wrong.
const hang = 60 * time.Second

// cookieName marks what a test starts, at any depth: environments are inherited.
const cookieName = "ANSAR_TEST_COOKIE"

// place is the root of a tree for one test: it finds the programs of this test
// binary by their names, and writes down what is logged.
type place struct {
	*node
	t      *testing.T
	cookie string

	mu      sync.Mutex // guards the fields below
	records []*LogRecord
}

// newPlace makes a place whose test proves, at its end, that no process is
// left. Tests with places do not run in parallel.
func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{node: newNode("1"), t: t, cookie: fmt.Sprintf("%s-%d-%d", t.Name(), os.Getpid(), time.Now().UnixNano())}
	p.limits = limits{start: hang, hello: hang, linger: 400 * time.Millisecond, mute: 400 * time.Millisecond,
		terminate: 200 * time.Millisecond, kill: hang, drain: hang, log: hang}
	p.locate = locatePrograms
	t.Setenv(cookieName, p.cookie)
	t.Cleanup(func() {
		p.nothingLeft()
		p.router.Close()
		p.close()
	})
	return p
}

// locatePrograms finds this test binary under the name of each program.
func locatePrograms(name, role string) (Launch, error) {
	if _, ok := programs[name]; !ok {
		return findBeside(name, role)
	}
	return Launch{Path: "/proc/self/exe", Args: []string{name}}, nil
}

// keepLog has the place write down what is logged at level and above.
func (p *place) keepLog(level Level) {
	p.log.to(level, func(r *LogRecord) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.records = append(p.records, r)
	})
}

// logged gives the lines so far, as tag and text.
func (p *place) logged() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var lines []string
	for _, r := range p.records {
		lines = append(lines, r.GetTag()+" "+r.GetText())
	}
	return lines
}

// callIn is [Call] from plain Go code in a place.
func callIn[O proto.Message](p *place, ctx context.Context, name string, input proto.Message, options ...Option) (O, error) {
	return orderIn[O](p, ctx, &order{name: name, input: input}, options)
}

// callObject is [Object.Call] from plain Go code in a place.
func callObject[S, I, O proto.Message](p *place, ctx context.Context, o *Object[S, I, O], input I, options ...Option) (O, error) {
	return orderIn[O](p, ctx, o.order(input), options)
}

func orderIn[O proto.Message](p *place, ctx context.Context, o *order, options []Option) (O, error) {
	o.apply(ctx, options)
	completed, err := p.wait(ctx, o)
	if err != nil {
		var none O
		return none, err
	}
	return valueOf[O](completed)
}

// nothingLeft fails the test if a process that it started runs, now.
func (p *place) nothingLeft() {
	p.t.Helper()
	for _, pid := range processesWith(p.cookie) {
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		p.t.Errorf("process %d is left: %q", pid, bytes.ReplaceAll(line, []byte{0}, []byte{' '}))
		if self, err := os.FindProcess(pid); err == nil {
			_ = self.Kill() // the test has failed
		}
	}
}

// processesWith lists the other processes that have the cookie. Zombies have none.
func processesWith(cookie string) []int {
	entries, _ := filepath.Glob("/proc/[0-9]*/environ")
	var pids []int
	for _, path := range entries {
		environ, err := os.ReadFile(path)
		pid, _ := strconv.Atoi(strings.Split(path, "/")[2])
		if err != nil || pid == os.Getpid() || !slices.Contains(strings.Split(string(environ), "\x00"), cookieName+"="+cookie) {
			continue
		}
		pids = append(pids, pid)
	}
	return pids
}

// within fails the test if what does not come in time.
func within[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(hang):
		t.Fatalf("%s: not within %v", what, hang)
		panic("unreachable")
	}
}

// unknownMessage is a message of a type that no program has linked in.
func unknownMessage(t *testing.T) proto.Message {
	t.Helper()
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name: proto.String("no/such.proto"), Package: proto.String("no.such"), Syntax: proto.String("proto3"),
		MessageType: []*descriptorpb.DescriptorProto{{Name: proto.String("Message")}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return dynamicpb.NewMessage(file.Messages().Get(0))
}
