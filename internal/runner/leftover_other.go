//go:build !linux

package runner

// clearLeftovers does nothing on this system, which does not show the
// environment of a process.
func (p *plain) clearLeftovers() {}
