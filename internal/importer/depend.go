package importer

// dependencies reads what must be ready first. A role cannot wait for the end of
// another.
func (c *compose) dependencies(p *process, f member) error {
	if !isMapping(f.value) {
		items, err := c.list(f)
		for _, item := range items {
			p.after = append(p.after, member{item.value.Value, item.line, nil})
		}
		return err
	}
	list, err := c.members(f.value, f.key)
	if err != nil {
		return err
	}
	for _, d := range list {
		details, err := c.members(d.value, f.key+"."+d.key)
		if err != nil {
			return err
		}
		waits := true
		for _, detail := range details {
			condition, err := c.text(detail)
			switch {
			case err != nil:
				return err
			case detail.key != "condition":
				c.leave(detail.line, "depends_on.%s.%s of process %q was not taken over", d.key, detail.key, p.name)
			case condition == "process_completed", condition == "process_completed_successfully":
				c.leave(detail.line, "process %q waits for the end of %q: no role can", p.name, d.key)
				waits = false
			case condition == "process_started", condition == "process_healthy", condition == "process_log_ready", condition == "":
			default:
				return c.errorf(detail.line, "condition: %q is not known", condition)
			}
		}
		if waits {
			p.after = append(p.after, d)
		}
	}
	return nil
}
