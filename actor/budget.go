package actor

// budget says how many processes the pools of a tree may have. It is plain data:
// who asks is told by the one that calls.
//
// Every pool may have one process that needs no token: so whoever waits for a token
// waits for more speed, never for work that cannot go on without it, and nested
// pools cannot lock each other out. Tokens are given in the order in which they were
// asked for.
type budget struct {
	total int
	given int
	held  map[string]int  // by the holder's address
	told  map[string]bool // who was told last that others wait
	queue []string        // holders that wait, once for each token
}

// notice is what a holder is to be told: that it is given a token, or whether others
// wait for one.
type notice struct {
	to      string
	short   bool // it is about those who wait
	waiting bool
}

func newBudget(total int) *budget {
	return &budget{total: total, held: map[string]int{}, told: map[string]bool{}}
}

// ask queues a wish for one token.
func (b *budget) ask(who string) []notice {
	b.queue = append(b.queue, who)
	return b.give(nil)
}

// takeBack drops the last wish of a holder.
func (b *budget) takeBack(who string) []notice {
	for i := len(b.queue) - 1; i >= 0; i-- {
		if b.queue[i] == who {
			b.queue = append(b.queue[:i], b.queue[i+1:]...)
			break
		}
	}
	return b.give(nil)
}

// giveBack takes one token from a holder.
func (b *budget) giveBack(who string) []notice {
	if b.held[who] > 0 {
		b.given--
		if b.held[who]--; b.held[who] == 0 {
			delete(b.held, who)
		}
	}
	return b.give(nil)
}

// gone takes all that a holder has, and drops its wishes.
func (b *budget) gone(who string) []notice {
	b.given -= b.held[who]
	delete(b.held, who)
	delete(b.told, who)
	queue := b.queue[:0]
	for _, w := range b.queue {
		if w != who {
			queue = append(queue, w)
		}
	}
	b.queue = queue
	return b.give(nil)
}

// resize changes the number of tokens. What is given already stays given.
func (b *budget) resize(total int) []notice {
	b.total = total
	return b.give(nil)
}

// give hands out what there is, and tells holders whether others wait.
func (b *budget) give(out []notice) []notice {
	for len(b.queue) > 0 && b.given < b.total {
		who := b.queue[0]
		b.queue = b.queue[1:]
		b.given++
		b.held[who]++
		out = append(out, notice{to: who})
	}
	waiting := len(b.queue) > 0
	for who := range b.held {
		if b.told[who] != waiting {
			b.told[who] = waiting
			out = append(out, notice{to: who, short: true, waiting: waiting})
		}
	}
	return out
}
