package check

// Problem is one thing that is wrong with a plan.
type Problem struct {
	// Path is where it stands, such as jobs[2].needs[0].job.
	Path string

	// Job is the id of the job that it is about. Empty: it is about none.
	Job string

	// Text says what is wrong and what to do.
	Text string
}

// String returns one line: jobs[2].needs[0].job: job "flash" needs ...
func (p Problem) String() string {
	if p.Path == "" {
		return p.Text
	}
	return p.Path + ": " + p.Text
}
