package property

import (
	"fmt"

	"google.golang.org/protobuf/types/known/structpb"
)

func checkAfter(m *structpb.ListValue) error {
	seen := map[string]bool{}
	for _, v := range m.GetValues() {
		s, ok := v.GetKind().(*structpb.Value_StringValue)
		switch {
		case !ok || s.StringValue == "":
			return fmt.Errorf("%#v is not the name of a role", v.AsInterface())
		case seen[s.StringValue]:
			return fmt.Errorf("role %q is named twice", s.StringValue)
		}
		seen[s.StringValue] = true
	}
	return nil
}

// Cycle returns roles of which each waits for the next and the last is the first
// again, or nil if there are none. The map has for each role those that it is
// after; those that are no key of it are after nothing. The answer is always the
// same for the same map.
func Cycle(after map[string][]string) []string {
	c := &cycles{after: after, state: map[string]int{}}
	for _, role := range sortedKeys(after) {
		if found := c.visit(role); found != nil {
			return found
		}
	}
	return nil
}

type cycles struct {
	after map[string][]string
	state map[string]int // 0: not seen, 1: on the path, 2: done
}

// visit goes as deep as roles wait for each other, without recursion: chains may
// be long.
func (c *cycles) visit(role string) []string {
	type step struct {
		role string
		next int
	}
	if c.state[role] != 0 {
		return nil
	}
	stack := []step{{role: role}}
	c.state[role] = 1
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		before := c.after[top.role]
		if top.next == len(before) {
			c.state[top.role] = 2
			stack = stack[:len(stack)-1]
			continue
		}
		next := before[top.next]
		top.next++
		switch c.state[next] {
		case 0:
			c.state[next] = 1
			stack = append(stack, step{role: next})
		case 1:
			var found []string
			for _, s := range stack {
				if s.role == next || found != nil {
					found = append(found, s.role)
				}
			}
			return append(found, next)
		}
	}
	return nil
}
