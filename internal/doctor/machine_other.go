//go:build !linux

package doctor

func systemLimits() []limit { return sharedLimits() }

// systemProcesses knows none: what a process was started with can be read on
// Linux alone.
func systemProcesses() []process { return nil }

func terminate(process, func() bool, Options) bool { return false }
