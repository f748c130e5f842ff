// Package selection chooses jobs of a plan.
//
//	e, err := selection.Parse("label:wlan and not slow-*")
//	plan = selection.Prune(plan, func(job *schedulepb.Job) bool { return e.Matches(job, nil) })
//
// An expression is made of terms:
//
//	id:blink-*       the id of the job
//	blink-*          the same
//	label:wlan       one of its labels
//	resource:board-a one of its resources, or a unit that it held in the last run
//	status:failed    how it ended in the last run; none: it was not in it
//
// and of words between them: not before and before or, with brackets for other
// orders. In a term * stands for any text, ? for any character, [a-c] for one of
// several and [!a-c] for one of all others. A text with blanks or brackets is
// written in single or double quotes, as in label:"two words".
//
// An [Expr] does not change, so that goroutines may share it.
package selection
