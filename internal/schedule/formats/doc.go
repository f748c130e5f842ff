// Package formats writes the report of a run for those who read it: people at a
// terminal or a browser, other tools, later runs.
//
//	JSON       the report itself, stable and indented
//	JUnit      XML for tools that show tests
//	HTML       one page that needs nothing else
//	Markdown   tables for comments and summaries
//	Table      lines for a terminal, what is not fine first
//	Timeline   who had which slot and unit, a row for each instant
//	Trace      trace events, as Chromium and Perfetto open them
//	DOT        the graph of a plan, and of what became of it; Mermaid likewise
//	Diff       what has changed since another run
//
// [WriteAll] writes the files of a run's folder, [Archive] packs it, and [Load]
// reads a report back from any of them.
//
// All take a report and a writer, and change neither the report nor anything on the
// disk but what they are told to write. Whatever bytes a job has named itself or
// has printed, the result is well-formed, and a program that jobs have written cannot run
// in it. Nothing is held in memory of what jobs have printed but its first and last parts.
package formats
