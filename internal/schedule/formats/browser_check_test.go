//go:build pagecheck

package formats

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// hang is what no answer of the browser takes.
const hang = 2 * time.Minute

// browser is a Chromium without a window, which is told what to do through a pipe.
type browser struct {
	t       *testing.T
	to      io.Writer
	session string

	mu      sync.Mutex // guards the fields below
	next    int
	answers map[int]chan answer
	loaded  chan struct{}
	faults  []string // what the page has thrown, or was refused
	fetched []string // addresses of all that it asked for
}

type answer struct {
	ID     int             `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

// startBrowser starts the browser with one page. It is gone when the test ends.
func startBrowser(t *testing.T) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("%v: apt-get install chromium", err)
	}
	theirs, ours, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	from, answers, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	profile, err := os.MkdirTemp("", "ansar-page-check")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
		"--no-first-run", "--disable-background-networking", "--remote-debugging-pipe", "--user-data-dir="+profile, "about:blank")
	cmd.ExtraFiles = []*os.File{theirs, answers} // descriptors 3 and 4
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = theirs.Close(), answers.Close()
	b := &browser{t: t, to: ours, answers: map[int]chan answer{}, loaded: make(chan struct{}, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.hear(from)
	}()
	t.Cleanup(func() {
		_ = ours.Close() // it ends then
		waited := make(chan struct{})
		go func() { _ = cmd.Wait(); close(waited) }()
		select {
		case <-waited:
		case <-time.After(10 * time.Second):
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // the group that it leads
			<-waited
		}
		_ = from.Close()
		<-done
		for end := time.Now().Add(hang); os.RemoveAll(profile) != nil && time.Now().Before(end); { // its helpers may write for a moment
			time.Sleep(50 * time.Millisecond)
		}
	})
	var target struct{ TargetID, SessionID string }
	b.call(&target, "Target.createTarget", map[string]any{"url": "about:blank"})
	b.call(&target, "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true})
	b.session = target.SessionID
	for _, domain := range []string{"Page", "Runtime", "Network", "Log"} {
		b.call(nil, domain+".enable", nil)
	}
	return b
}

// hear takes answers and events until the pipe ends.
func (b *browser) hear(from io.Reader) {
	for r := bufio.NewReader(from); ; {
		text, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var a answer
		if err := json.Unmarshal(text[:len(text)-1], &a); err != nil {
			continue
		}
		b.mu.Lock()
		if c := b.answers[a.ID]; a.ID > 0 && c != nil {
			c <- a
			delete(b.answers, a.ID)
		}
		switch a.Method {
		case "Page.loadEventFired":
			b.loaded <- struct{}{}
		case "Runtime.exceptionThrown", "Log.entryAdded":
			b.faults = append(b.faults, string(a.Params))
		case "Network.requestWillBeSent":
			var request struct{ Request struct{ URL string } }
			_ = json.Unmarshal(a.Params, &request) // an empty address is none that is wanted
			b.fetched = append(b.fetched, request.Request.URL)
		}
		b.mu.Unlock()
	}
}

// call has the browser do something, and waits for its answer.
func (b *browser) call(into any, method string, params any) {
	b.t.Helper()
	b.mu.Lock()
	b.next++
	id, c := b.next, make(chan answer, 1)
	b.answers[id] = c
	b.mu.Unlock()
	message := map[string]any{"id": id, "method": method}
	if params != nil {
		message["params"] = params
	}
	if b.session != "" {
		message["sessionId"] = b.session
	}
	text, err := json.Marshal(message)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.to.Write(append(text, 0)); err != nil {
		b.t.Fatal(err)
	}
	select {
	case a := <-c:
		if a.Error != nil {
			b.t.Fatalf("%s: %s", method, a.Error.Message)
		}
		if into != nil {
			if err := json.Unmarshal(a.Result, into); err != nil {
				b.t.Fatal(err)
			}
		}
	case <-time.After(hang):
		b.t.Fatalf("%s: no answer", method)
	}
}

// open shows a page and returns when it has loaded.
func (b *browser) open(path string) {
	b.t.Helper()
	b.call(nil, "Page.navigate", map[string]any{"url": "file://" + path})
	select {
	case <-b.loaded:
	case <-time.After(hang):
		b.t.Fatal("the page does not load")
	}
}

// eval returns the value of an expression in the page, which may be a promise.
func (b *browser) eval(expression string) any {
	b.t.Helper()
	var r struct {
		Result           struct{ Value any }
		ExceptionDetails json.RawMessage
	}
	b.call(&r, "Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true})
	if r.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", expression, r.ExceptionDetails)
	}
	return r.Result.Value
}

// want compares the value of an expression.
func (b *browser) want(what, expression string, want any) {
	b.t.Helper()
	if got := b.eval(expression); fmt.Sprint(got) != fmt.Sprint(want) {
		b.t.Errorf("%s: %s is %v, want %v", what, expression, got, want)
	}
}

// size sets the size of the window, and whether it is dark.
func (b *browser) size(width, height int, scheme string) {
	b.t.Helper()
	b.call(nil, "Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false})
	b.call(nil, "Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}})
}

// picture keeps what is seen in the folder that ANSAR_PAGE_SHOTS names, if it does.
func (b *browser) picture(name string) {
	b.t.Helper()
	var shot struct{ Data string }
	b.call(&shot, "Page.captureScreenshot", map[string]any{"format": "png"})
	text, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil || !strings.HasPrefix(string(text), "\x89PNG") {
		b.t.Errorf("picture %s: %v", name, err)
	}
	if folder := os.Getenv("ANSAR_PAGE_SHOTS"); folder != "" {
		if err := errors.Join(os.MkdirAll(folder, 0o755), os.WriteFile(filepath.Join(folder, name+".png"), text, 0o644)); err != nil {
			b.t.Error(err)
		}
	}
}

// quiet checks that the page has asked for nothing but itself, and that nothing went wrong.
func (b *browser) quiet(path string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, address := range b.fetched {
		if address != "file://"+path {
			b.t.Errorf("the page asked for %s", address)
		}
	}
	for _, fault := range b.faults {
		b.t.Errorf("the page: %.500s", fault)
	}
	b.fetched, b.faults = nil, nil
}
