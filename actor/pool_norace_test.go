//go:build !race

package actor

// slow is how much longer things may take.
const slow = 1
