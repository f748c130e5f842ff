// Package bench compares what ansar costs with what it could cost, in a module
// of its own, so that what it compares with never reaches a user. make bench
// prints one table.
//
//	floor       a module that stays as it is: programs that do nothing, bare trees of them
//	raw         two processes with nothing but a socketpair between them
//	peers       a module: Python's multiprocessing, hashicorp/go-plugin
//	measure     rounds, medians, ratios, memory
//	cmd/compare the entries, and the command
//	groups      other tools that run groups of processes; role is what they run
//	cmd/peers   make bench-peers: ansar beside those tools
//
// A new comparison is one more entry in cmd/compare/entries.go.
package bench
