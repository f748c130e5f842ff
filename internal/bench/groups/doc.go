// Package groups measures tools that run groups of processes: how long a group
// takes to start and to stop, what the tool costs while nothing happens, and
// how fast it takes in what the group prints.
//
// Every tool runs the same small program under as many roles. Each of those
// connects to a socket of ours and holds the connection for as long as it
// lives, so its start and its end are events, not findings. What belongs to a
// tool is found by a mark in the environment, or by its executable lying in a
// folder of ours; whatever is left when a measurement ends is ended by id and is
// an error. Linux only.
//
// A tool is one file that says how it is told about roles, started, asked and
// stopped. A tool that the machine lacks is named in the table and left out.
package groups
