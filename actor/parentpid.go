package actor

// ParentPID is the process id of the parent of ours that started this process,
// and reaps it. It is 0 if there was none, or it was gone already.
func (h *Host) ParentPID() int {
	if c := claimed.Load(); c != nil && h.link != nil {
		return c.parent
	}
	return 0
}
