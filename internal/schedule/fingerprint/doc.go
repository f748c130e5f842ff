// Package fingerprint tells whether a job would do again what it has done.
//
// A [Key] is made of all that a result depends on: the work as the plan describes
// it, the contents of files, variables of the environment, and the keys of the jobs
// that it needs. A [Store] keeps the key of the last good run of each job with what
// the job returned, one file a job, replaced atomically and with a checksum: a file
// that is damaged counts as none, so only its job is run again.
package fingerprint
