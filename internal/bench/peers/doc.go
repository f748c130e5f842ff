// Package peers is what others offer who call a function in another process.
// It is a module of its own, so that nothing here reaches a user of ansar.
//
//	spawn.py   Python's multiprocessing: spawn, and the first value back
//	launch     hashicorp/go-plugin: launch, and the first call answered
//	plugin     the plugin that launch starts
//
// Each prints the milliseconds that it took.
package peers
