package deploy

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/home"
)

// Deployments to one home at once take turns: in the end all files are of one of
// them, and nothing is left over.
func TestManyDeploymentsAtOnce(t *testing.T) {
	h, roles := newHome(t, "client-0 client", "server-0 server")
	top := filepath.Dir(h.Root())
	const many = 8
	var wait sync.WaitGroup
	for i := range many {
		build, snapshot := fmt.Sprintf("dist-%d", i), fmt.Sprintf("testing-%d", i)
		text := fmt.Sprintf("%0*d", 1000+i, i)
		write(t, top, map[string]string{
			build + "/client": text, build + "/server": text,
			snapshot + "/model-by-role/server-0/words": text, snapshot + fmt.Sprintf("/model-by-role/server-0/d-%d/f", i): text,
		})
		wait.Go(func() {
			d := &Deployment{Drawer: drawerOf(t, h, roles, filepath.Join(top, build), filepath.Join(top, snapshot)), Group: &onDisk{top}}
			if _, err := d.Run(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	bin, model := read(t, h.Dir(home.Bin)), read(t, h.Dir(home.Model))
	if bin["client"] != bin["server"] || bin["client"] != model["server-0/words"] || len(bin) != 2 || len(model) != 4 {
		t.Errorf("files of more than one deployment: bin has %d, model %d: %d, %d, %d bytes",
			len(bin), len(model), len(bin["client"]), len(bin["server"]), len(model["server-0/words"]))
	}
}

// A deployment waits for another, and not for ever.
func TestLockFolders(t *testing.T) {
	folder := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	must(t, os.Symlink(folder, link))
	first, err := lockFolders(t.Context(), hang, folder, link) // one folder, once
	must(t, err)

	_, err = lockFolders(t.Context(), time.Millisecond, link)
	want := fmt.Sprintf("another deployment is at work in %q (waited 1ms): try again when it has ended", folder)
	if errorText(err) != want {
		t.Errorf("error %q, want %q", errorText(err), want)
	}
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := lockFolders(interrupted, hang, folder); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	locked := make(chan error)
	go func() {
		second, err := lockFolders(t.Context(), hang, folder)
		second.release()
		locked <- err
	}()
	first.release()
	if err := <-locked; err != nil {
		t.Errorf("after the first: %v", err)
	}
}
