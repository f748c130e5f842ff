// Package schedulepb holds the messages of schedules: the plan of a run, the
// events of its journal, its report, and what a job is told about itself.
// Programs that write plans or read reports use them.
package schedulepb
