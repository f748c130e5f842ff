package framework_test

import (
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/internal/background"
	"github.com/ansar-go/ansar/lifecycle"
)

// backs is a component that does what its first word says.
var backsObject = actor.Define("backs", backs)

func backs(self *actor.Context, _ *lifecycle.None, _ *lifecycle.None) (proto.Message, error) {
	words := framework.Words(self)
	switch words[0] {
	case "prints":
		prints()
	case "floods":
		for i := range 20_000 {
			fmt.Printf("%06d of standard output\n", i)
		}
	case "logs":
		return nil, logs(self)
	case "falls":
		self.Console("about to fall")
		panic("it slipped")
	case "crashes":
		self.Console("about to crash")
		fmt.Println("the last print")
		go panic(strings.Repeat("bang ", 40_000)) // more than a pipe holds
		select {}
	case "aborts":
		_ = syscall.Kill(os.Getpid(), syscall.SIGABRT)
		select {}
	case "hangs":
		self.Console("not going to stop")
		hangsHere()
	case "calls":
		_, err := actor.Call[proto.Message](self, "backs", nil, actor.Role("below"))
		return &lifecycle.Ack{}, err
	case "exits":
		return &lifecycle.ExitCode{Code: 7}, nil
	}
	return &lifecycle.Ack{}, nil
}

// hangsHere is to be found in the dump.
func hangsHere() { select {} }

// prints prints in all ways there are.
func prints() {
	fmt.Println("by fmt")
	fmt.Fprint(os.Stderr, "by fmt, to standard error\r\n")
	log.SetFlags(0)
	log.Print("by log")
	println("by the runtime")
	_, _ = syscall.Write(1, []byte("by the descriptor\n"))
	_, _ = syscall.Write(2, []byte("by the other descriptor\n"))
	child := exec.Command("sh", "-c", "echo by a child; echo by a child, to standard error >&2; printf 'not ended'")
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	if err := child.Run(); err != nil {
		panic(err)
	}
}

// logs logs numbered lines until it is stopped. How far it came is in a file of
// the model folder, which is as good as a witness of each call that returned.
func logs(self *actor.Context) error {
	f, err := os.OpenFile(filepath.Join(framework.Model(self), "done"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	var done [8]byte
	for i := uint64(1); self.Err() == nil; i++ {
		self.Console("line %d", i)
		binary.LittleEndian.PutUint64(done[:], i)
		if _, err := f.WriteAt(done[:], 0); err != nil {
			return err
		}
	}
	return self.Err()
}

// announces says that it is ready when the test opens its model folder's pipe.
var announcesObject = actor.Define("announces", announces).AnnouncesReady()

func announces(self *actor.Context, _ *lifecycle.None, _ *lifecycle.None) (*lifecycle.Ack, error) {
	if _, err := os.ReadFile(filepath.Join(framework.Model(self), "go")); err != nil {
		return nil, err
	}
	self.Ready()
	<-self.Done()
	return &lifecycle.Ack{}, nil
}

// backgrounded is a component in the background.
type backgrounded struct {
	command *background.Command
	process *os.Process
}

// launch starts a role in the background as its own parent: nobody else is told
// to write its end.
func launch(root, role, name string, words ...string) (*backgrounded, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return nil, err
	}
	args := append([]string{name, "--home-path=" + root, "--role-name=" + role}, words...)
	c, err := background.NewCommand(path, args, root, background.Marker{By: "ansar start", Restart: 3})
	if err != nil {
		return nil, err
	}
	for i, v := range c.Env {
		if strings.HasPrefix(v, background.Variable) {
			c.Env[i] = regexp.MustCompile(`"parent":\d+,`).ReplaceAllString(v, "")
		}
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	p, err := os.StartProcess(c.Path, c.Args, &os.ProcAttr{
		Dir: c.Dir, Env: c.Env, Files: []*os.File{null, null, null, c.Link}, Sys: &syscall.SysProcAttr{Setsid: true},
	})
	c.Started()
	return &backgrounded{c, p}, err
}

func (b *backgrounded) event() (background.Event, error) { return background.Read(b.command.Events) }

// asStarter starts a role in the background as a command does: it waits until that is
// ready, says so, and goes.
func asStarter() {
	b, err := launch(os.Args[1], os.Args[2], os.Args[3], os.Args[4:]...)
	if err != nil {
		panic(err)
	}
	for {
		e, err := b.event()
		if err != nil {
			os.Exit(1)
		}
		if e.Last() {
			fmt.Println(b.process.Pid, e.Kind)
			return
		}
	}
}
