package main

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// machine says in a few words where the figures come from.
func machine() string {
	model := "processor unknown"
	content, _ := os.ReadFile("/proc/cpuinfo") // not everywhere
	for line := range strings.Lines(string(content)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			model = strings.TrimSpace(value)
			break
		}
	}
	return fmt.Sprintf("%s %s/%s, %d x %s", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), model)
}

// load is the average number of running processes of the last minute.
func load() string {
	content, _ := os.ReadFile("/proc/loadavg") // not everywhere
	first, _, _ := strings.Cut(string(content), " ")
	return cmp.Or(first, "unknown")
}
