// Package arch keeps the arrows between the packages of this module: which of
// ours each may import, and which libraries stay behind one door.
//
// It holds only tests. They read the import lines of every file, whatever
// system it is for, so they need neither a build nor a linter. The linter keeps
// the same arrows (.golangci.yml), where an editor can show them; a test
// compares the two tables.
package arch
