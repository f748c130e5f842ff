package planfile

import "bytes"

// lines counts lines of offsets that only grow, in linear time.
type lines struct {
	data []byte
	last int // offset
	line int // of it, from 0
}

func (l *lines) at(offset int) int {
	offset = min(offset, len(l.data))
	if offset > l.last {
		l.line += bytes.Count(l.data[l.last:offset], []byte{'\n'})
		l.last = offset
	}
	return l.line + 1
}

// keys finds keys of a mapping that are there already, in linear time.
type keys struct {
	lines map[string]int
	done  int // members that are in lines
}

// first returns the line of an earlier member with this key, or 0.
func (k *keys) first(before []member, key string) int {
	const few = 16
	if len(before) <= few {
		for i := range before {
			if before[i].key == key {
				return before[i].line
			}
		}
		return 0
	}
	if k.lines == nil {
		k.lines = make(map[string]int, 2*len(before))
	}
	for ; k.done < len(before); k.done++ {
		m := before[k.done]
		if _, ok := k.lines[m.key]; !ok {
			k.lines[m.key] = m.line
		}
	}
	return k.lines[key]
}
