package history

import (
	"runtime"
	"syscall"
	"time"
)

// OwnUsage is what this process has taken so far, with the children that it has
// waited for.
func OwnUsage() Usage {
	var self, children syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &self) // cannot fail
	_ = syscall.Getrusage(syscall.RUSAGE_CHILDREN, &children)
	u, c := usageOf(&self), usageOf(&children)
	return Usage{u.UserMS + c.UserMS, u.SystemMS + c.SystemMS, max(u.MaxRSS, c.MaxRSS)}
}

// UsageFrom is a usage in other units: maxRSS in bytes.
func UsageFrom(user, system time.Duration, maxRSS int64) Usage {
	return Usage{user.Milliseconds(), system.Milliseconds(), maxRSS}
}

func usageOf(r *syscall.Rusage) Usage {
	rss := int64(r.Maxrss)
	if runtime.GOOS != "darwin" { // which counts bytes
		rss <<= 10
	}
	return Usage{r.Utime.Nano() / 1e6, r.Stime.Nano() / 1e6, rss}
}
