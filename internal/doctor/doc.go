// Package doctor looks at a home, and at the machine around it, for what keeps
// roles from working: processes that nobody answers for, damaged files, programs
// and folders that are gone, too little disk, too low limits, a clock that went
// back.
//
// It says what it finds and what to do about it, one line each, and changes
// nothing. Asked to fix, it ends orphans, and only those: a process is told by
// its id and start time together, is looked at again when its id can no longer
// become another's, and gets a SIGTERM first.
//
// It takes no lock, so it never keeps a role from starting, and it can look at a
// home that no command can open.
package doctor
