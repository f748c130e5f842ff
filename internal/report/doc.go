// Package report makes reports of what roles tested in a run: lines for people
// and editors, JUnit XML for other tools, and the suite that a program analyzes.
//
// Numbers come from the counts of each report, never from how many tests it
// holds: a report is bounded, its counts are not.
//
// The package reads files of source trees to say where a test stands, and writes
// nothing itself.
package report
