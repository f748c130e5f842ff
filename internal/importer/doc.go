// Package importer makes roles of what other tools describe processes with: a
// Procfile, or the common part of the YAML of process-compose.
//
//	plan, err := importer.Read("Procfile", data, nil)
//	for _, note := range plan.Left { ... }     // what was not taken over, by file and line
//	err = h.Add(plan.Roles...)
//
// A file is read as a whole or not at all: an error tells file and line. What has
// no counterpart here is no error. It is in [Plan.Left], whatever it is: nothing
// of a file is left out without a word.
//
// Commands are those of a shell. The program that a command ends with is run with
// exec, so that no shell is left between a role and its program. A role is stopped
// by a signal to its process group, so that programs below a shell hear it.
//
// The package reads no file and changes no home.
package importer
