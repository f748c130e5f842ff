package runner

import (
	"cmp"
	"context"
	"net"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/internal/osproc"
)

// probe reports whether a program is ready.
type probe func(context.Context) bool

// poll probes again and again, each time with a limit.
func (r *Readiness) poll(ask probe) *watcher {
	every, limit := cmp.Or(r.Every, 250*time.Millisecond), cmp.Or(r.Timeout, time.Second)
	return &watcher{wait: func(ctx context.Context, _ int) bool {
		timer := time.NewTimer(every)
		defer timer.Stop()
		for {
			attempt, cancel := context.WithTimeout(ctx, limit)
			ok := ask(attempt)
			cancel()
			if ok && ctx.Err() == nil {
				return true
			}
			timer.Reset(every)
			select {
			case <-ctx.Done():
				return false
			case <-timer.C:
			}
		}
	}}
}

// tcpProbe asks whether somebody takes a connection at the address.
func tcpProbe(address string) probe {
	return func(ctx context.Context) bool {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", address)
		if err != nil {
			return false
		}
		_ = conn.Close()
		return true
	}
}

// execProbe asks a command, which exits with 0 for a yes.
func execProbe(command, env []string, dir string) probe {
	return func(ctx context.Context) bool {
		path, err := find(command[0], env)
		if err != nil {
			return false
		}
		process, err := osproc.Start(&osproc.Spec{
			Path: path, Args: command, Env: env, Dir: dir, TailBytes: -1,
			DeathSignal: syscall.SIGKILL, NewSession: true,
		})
		if err != nil {
			return false
		}
		select {
		case <-process.Exited():
		case <-ctx.Done():
			_ = process.SignalGroup(syscall.SIGKILL)
		}
		<-process.Done()
		return process.Exit().Status == 0
	}
}
