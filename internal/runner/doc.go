// Package runner is the small program that stays with a role when somebody has
// to: with a plain program, which cannot hold a lock, keep a log or write a
// history of its own, and with a component that is to be started again after a
// crash. ansar starts one for each such role, with [Start]; the program itself
// is [Main].
package runner
