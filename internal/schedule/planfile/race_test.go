//go:build race

package planfile_test

// raced is set where the race detector makes everything ten times as slow.
const raced = true
