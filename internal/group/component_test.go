package group

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/background"
	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
)

// hang is how long anything may take; what takes longer hangs.
const hang = time.Minute

// play is a component in the background. How it behaves is what its role is
// called before the dash:
//
//	good      is ready, and ends when it is told
//	once      is ready, and ends well
//	slow      starts, and is never ready
//	late      starts, and is ready when it may open the pipe ready in tmp
//	fails     says that it cannot start
//	dies      starts, and exits with 3
//	mute      never says anything
//	quiet     closes the pipe, and goes on
//	stubborn  is good, does not stop, and has a child in a session of its own
func play(args []string) {
	path := strings.TrimPrefix(args[0], "--home-path=")
	role := strings.TrimPrefix(args[1], "--role-name=")
	how, _, _ := strings.Cut(role, "-")
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGINT, syscall.SIGTERM)
	teller := background.Claim()
	switch how {
	case "mute":
		select {}
	case "quiet":
		teller.Close()
		select {}
	case "fails":
		teller.Failed("it has no wings", 0)
		os.Exit(1)
	}
	h, err := home.Open(path)
	if err != nil {
		teller.Failed(err.Error(), 0)
		os.Exit(1)
	}
	lock, err := h.Acquire(role)
	if err != nil {
		teller.Failed(err.Error(), 0)
		os.Exit(1)
	}
	defer lock.Release()
	file := history.Of(h, role)
	run, err := file.Begin(history.Begin{Executable: "component", By: teller.Marker.By, Parent: teller.Marker.Parent})
	if err != nil {
		panic(err)
	}
	teller.Started(run)
	behave(how, path, func() {
		_ = file.Ready(run)
		teller.Ready()
	}, told)
	if err := file.End(run, history.Ending{How: history.Returned, Type: "Ack"}); err != nil {
		panic(err)
	}
	lock.Release()
	os.Exit(0)
}

// behave is what play does once it has its role.
func behave(how, path string, ready func(), told <-chan os.Signal) {
	switch how {
	case "dies":
		os.Exit(3)
	case "late":
		_, _ = os.ReadFile(filepath.Join(path, "tmp", "ready")) // waits for somebody to open it
	case "stubborn":
		child := exec.Command("sleep", "1000")
		child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		if err := child.Start(); err != nil {
			panic(err)
		}
		ready()
		select {}
	}
	if how != "slow" {
		ready()
	}
	if how != "once" {
		<-told
	}
}

// newGroup makes a home whose roles are played by play. None of them is left when
// the test ends. after has for a role those that it comes after.
func newGroup(t *testing.T, after map[string][]string, names ...string) (*home.Home, []home.Role) {
	t.Helper()
	marked(t)
	h, _ := newHome(t)
	if err := os.Symlink(os.Args[0], filepath.Join(h.Dir(home.Bin), "component")); err != nil {
		t.Fatal(err)
	}
	var roles []home.NewRole
	for _, name := range names {
		roles = append(roles, home.NewRole{Role: home.Role{Name: name, Executable: "component"}})
	}
	if err := h.Add(roles...); err != nil {
		t.Fatal(err)
	}
	for name, before := range after {
		list := fmt.Sprintf("[%s]", `"`+strings.Join(before, `","`)+`"`)
		if err := h.SetProperty("after", []byte(list), name); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GORACE", "atexit_sleep_ms=0")
	t.Cleanup(func() { stopAll(t, h, 50*time.Millisecond) })
	return h, search(t, h)
}

func search(t *testing.T, h *home.Home, words ...string) []home.Role {
	t.Helper()
	roles, err := h.Search(&home.Search{Words: words})
	if err != nil {
		t.Fatal(err)
	}
	return roles
}

func stopAll(t *testing.T, h *home.Home, grace time.Duration) []Hard {
	t.Helper()
	roles, err := h.Roles()
	if err != nil {
		t.Fatal(err)
	}
	members, err := Running(h, roles)
	if err != nil {
		t.Fatal(err)
	}
	hard, err := Stop(context.Background(), h, roles, members, &StopOptions{Grace: grace}) // that of the test may have ended
	if err != nil {
		t.Error(err)
	}
	return hard
}

// states are the states of the roles, by name.
func states(t *testing.T, h *home.Home) map[string]State {
	t.Helper()
	list, err := Look(h, search(t, h))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]State{}
	for _, s := range list {
		got[s.Role] = s.State
	}
	return got
}
