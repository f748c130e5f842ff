// Package tests has the tests of a bench of boards: objects that are called with
// typed messages, each by a small program of its own.
//
// They know by package job which board they were given, and tell the schedule how
// far they are. Called by somebody else they do the same with no board.
package tests
