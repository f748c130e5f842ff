// Package schema works on the messages of programs that are not this one, by
// the description that [settings.Describe] gives: their types are built at run
// time, and are read, shown and written as compiled ones are.
//
// It is for the ansar command. A program that is called does not import it:
// the libraries that build types at run time cost a tenth of the whole start.
package schema
