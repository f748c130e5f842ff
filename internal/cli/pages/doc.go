// Package pages writes the manual of a tree of commands: a page of Markdown and
// a man page for each command and each help topic.
//
// All prose is the commands' own help, so there is one text to keep right. The
// pages hold no date and no version: the same commands always give the same
// bytes, which is what the check for stale pages compares.
//
// It reads the plain text that help is written in, and nothing richer: blank
// lines divide paragraphs, and lines that begin with a blank are kept as they
// stand.
package pages
