// Package home keeps a group of roles on disk: which roles there are, their
// properties, settings, inputs and folders, and which of them is running.
//
// A home is one folder, readable with ls and cat; README.md shows its layout.
// Its one invariant: whatever happens to a process that works in it, SIGKILL
// and a full disk included, every file that is replaced holds either its old
// content or its new content, and home.json names exactly the roles there are.
//
// Any number of processes may use one home at once. Readers take no lock.
// Whoever changes home.json, settings, input or schema holds home.lock for the
// moment of the change, and waits at most ten seconds for it. A component holds
// lock/<role> for as long as it lives, so the kernel knows what is running.
//
// The package starts no process, knows no flag and does not look inside
// settings or properties: they are JSON text that it stores as it is given.
package home
