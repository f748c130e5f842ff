package schedulepb

import "strings"

// Name is the word for the status that users read and write: ok, timed-out. It is
// "running" for one that has not ended.
func (s Status) Name() string {
	if s == Status_STATUS_UNSPECIFIED {
		return "running"
	}
	return word(s.String(), "STATUS_")
}

// Name is the word for the isolation that users read and write: process, pool,
// in-process.
func (i Isolation) Name() string { return word(i.String(), "ISOLATION_") }

// Name is the word for the condition of a unit: in-service, dirty, cleaning,
// quarantined.
func (c Condition) Name() string { return word(c.String(), "CONDITION_") }

func word(value, prefix string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(value, prefix), "_", "-"))
}

// StatusNamed is the status that users call by that word, as Name gives it.
func StatusNamed(word string) (Status, bool) {
	for number := range Status_name {
		if s := Status(number); s != Status_STATUS_UNSPECIFIED && s.Name() == word {
			return s, true
		}
	}
	return Status_STATUS_UNSPECIFIED, false
}

// Good reports whether jobs that need the success of one that ended so may start.
func (s Status) Good() bool {
	switch s {
	case Status_STATUS_OK, Status_STATUS_SKIPPED, Status_STATUS_UNCHANGED, Status_STATUS_FLAKY,
		Status_STATUS_XFAIL, Status_STATUS_XPASS, Status_STATUS_LEAKY:
		return true
	}
	return false
}

// Fine reports whether a job that ended so is no reason for a bad exit status. One
// that left processes behind is such a reason, though others may build on it.
func (s Status) Fine() bool { return s.Good() && s != Status_STATUS_LEAKY }
