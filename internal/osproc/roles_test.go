//go:build linux

package osproc_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
)

// roles are what this test binary does as a child. One that returns exits 0.
var roles map[string]func(args []string)

func init() {
	roles = map[string]func(args []string){
		"exit":       func(args []string) { os.Exit(number(args[0])) },
		"write":      func(args []string) { fmt.Print(args[0]); fmt.Fprint(os.Stderr, args[1]) },
		"flood":      flood,
		"stubborn":   stubborn,
		"mute":       mute,
		"link":       link,
		"where":      where,
		"pause":      func([]string) { pause() },
		"chatter":    chatter,
		"daemon":     daemon,
		"parent":     parent,
		"nest":       nest,
		"poor":       poor,
		"owner":      owner,
		"keeper":     keeper,
		"neighbour":  neighbour,
		"undertaker": undertaker,
		"fallback":   fallback,
		"elder":      elder,
		"guarded":    guarded,
	}
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	must(err)
	return n
}

// must ends the child with a text that its test will show.
func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "role failed:", err)
		os.Exit(99)
	}
}

// flood writes args[0] MB to both outputs at once.
func flood(args []string) {
	megabytes := number(args[0])
	block := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	var both sync.WaitGroup
	for _, f := range []*os.File{os.Stdout, os.Stderr} {
		both.Go(func() {
			for range megabytes {
				_, err := f.Write(block)
				must(err)
			}
		})
	}
	both.Wait()
}

// stubborn answers SIGTERM with a line.
func stubborn([]string) {
	terms := make(chan os.Signal, 1)
	signal.Notify(terms, syscall.SIGTERM)
	fmt.Println("ready")
	for range terms {
		fmt.Println("no")
	}
}

// mute closes its outputs and lives on, which its standard input's end shows
// to the test.
func mute([]string) {
	os.Stdout.Close()
	os.Stderr.Close()
	os.Stdin.Close()
	pause()
}

// link sends back what comes through descriptor 3.
func link([]string) {
	f := os.NewFile(3, "link")
	_, err := io.Copy(f, f)
	must(err)
}

func where(args []string) {
	dir, err := os.Getwd()
	must(err)
	dir, err = filepath.EvalSymlinks(dir)
	must(err)
	fmt.Printf("%s %q %s", dir, args, os.Getenv("OSPROC_TEST_MARK"))
}

// chatter writes for ever, and tells descriptor 3 that it begins.
func chatter([]string) {
	_, err := os.NewFile(3, "begun").Write([]byte{1})
	must(err)
	for {
		if _, err := fmt.Println("tick"); err != nil {
			return
		}
	}
}

// daemon starts args as a role in a session of its own that keeps the outputs,
// says its id, and ends. A chatter has begun by then.
func daemon(args []string) {
	r, w, err := os.Pipe()
	must(err)
	cmd := roleCommand(args[0], args[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{w}
	must(cmd.Start())
	w.Close()
	if args[0] == "chatter" {
		_, err := r.Read(make([]byte, 1))
		must(err)
	}
	fmt.Println(cmd.Process.Pid)
}

// parent starts a child in its own process group, says its id, and ends or waits.
func parent(args []string) {
	cmd := roleCommand("pause")
	must(cmd.Start())
	fmt.Println(cmd.Process.Pid)
	if args[0] == "wait" {
		must(cmd.Wait())
	}
}

// nest makes a chain of processes, each in a session of its own: args[0] more.
// The last one says "nested".
func nest(args []string) {
	deeper := number(args[0])
	if deeper == 0 {
		fmt.Println("nested")
		pause()
	}
	cmd := roleCommand("nest", strconv.Itoa(deeper-1))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	must(cmd.Run())
}

// pause never returns, and is not taken for a deadlock.
func pause() {
	for {
		_ = syscall.Pause()
	}
}
