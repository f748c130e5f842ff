// Package background is how a program that is started in the background and
// whoever starts it understand each other, before they part.
//
// The starter gives the program the write end of a pipe as descriptor 3 and
// names it in the variable ANSAR_BACKGROUND, a [Marker] as JSON. The program
// claims it with [Claim], tells what becomes of the start, one JSON object a
// line, and closes it:
//
//	{"event":"started","pid":4242,"run":12}   settings are good, the role is its own
//	{"event":"ready"}                         it does what it is for; the last word
//	{"event":"failed","error":"...","locked":4241}   it could not start; the last word
//
// The end of the pipe without ready or failed means that the program is gone, or
// was none of ours. Whoever waits for it with [Read] is the parent and sees the
// exit status.
//
// After that nobody is needed: the program has a session of its own, so that no
// terminal reaches it, and neither side waits for the other.
package background
