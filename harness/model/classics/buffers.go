package classics

import "github.com/concurrency-god-mode/godmode/harness/model"

// buffers returns the programs in which a producer and a consumer share a container.
func buffers() []*Classic {
	return []*Classic{{
		Name:    "circular_buffer",
		Doc:     "A producer puts six numbers into a ring of ten places and a consumer takes what is there, without a lock; a place is announced before it is written.",
		Source:  sctbench,
		Program: ring(true),
		Fixed:   ring(false),
	}, {
		Name:    "queue",
		Doc:     "A producer and a consumer take turns by two flags under a lock, but count their rounds instead of their turns: a round without a turn puts them out of step.",
		Source:  sctbench,
		Program: turns(true),
		Fixed:   turns(false),
	}, {
		Name:    "stack",
		Doc:     "A producer pushes eight times and sets a flag, each time under the lock; a consumer that sees the flag pops, though the stack may be empty again.",
		Source:  sctbench,
		Program: flagged(true),
		Fixed:   flagged(false),
	}, {
		Name: "stringbuffer-jdk1.4",
		Doc: "append asks the other buffer for its length and then for that many characters, and holds the other's lock for each but not for both; " +
			"meanwhile the other is emptied and filled again.",
		Source:  "Flanagan, Qadeer: A type and effect system for atomicity, PLDI 2003; in the suite CB of TOPC 2016",
		Program: stringBuffer(false),
		Fixed:   stringBuffer(true),
	}}
}

// words returns n variables.
func words(t *model.T, n int) []*model.Int {
	list := make([]*model.Int, n)
	for i := range list {
		list[i] = t.NewInt(0)
	}
	return list
}

// ring passes numbers through a circular buffer, which announces a place before or after it writes it.
func ring(early bool) model.Program {
	const items, size = 6, 10
	return func(t *model.T) {
		first, next, places := t.NewInt(0), t.NewInt(0), words(t, size)
		produce := func(t *model.T) {
			for i := int64(1); i <= items; i++ {
				n := next.Load(t)
				if n-first.Load(t) == size {
					continue
				}
				if early {
					next.Store(t, n+1)
				}
				places[n%size].Store(t, i)
				if !early {
					next.Store(t, n+1)
				}
			}
		}
		consume := func(t *model.T) {
			for range items {
				if f := first.Load(t); f < next.Load(t) {
					t.Assert(places[f%size].Load(t) == f+1, "the consumer took what was not put")
					first.Store(t, f+1)
				}
			}
		}
		together(t, produce, consume)
	}
}

// turns lets two threads put and take in turn. They number what they put and expect by rounds, or by turns.
func turns(byRounds bool) model.Program {
	const rounds = 5
	return func(t *model.T) {
		m, mayPut, mayTake := t.NewMutex(), t.NewInt(1), t.NewInt(0)
		head, tail, places := t.NewInt(0), t.NewInt(0), words(t, rounds)
		party := func(may, other *model.Int, act func(t *model.T, n int64)) part {
			return func(t *model.T) {
				taken := int64(0)
				for round := range int64(rounds) {
					holding(t, m, func() {
						if may.Load(t) == 0 {
							return
						}
						if taken++; byRounds {
							taken = round + 1
						}
						act(t, taken)
						may.Store(t, 0)
						other.Store(t, 1)
					})
				}
			}
		}
		put := func(t *model.T, n int64) {
			places[tail.Load(t)].Store(t, n)
			add(t, tail, 1)
		}
		take := func(t *model.T, n int64) {
			t.Assert(places[head.Load(t)].Load(t) == n, "the queue is out of step")
			add(t, head, 1)
		}
		together(t, party(mayPut, mayTake, put), party(mayTake, mayPut, take))
	}
}

// flagged pops when a flag says that something was pushed once, or when there is something to pop.
func flagged(byFlag bool) model.Program {
	const items = 8
	return func(t *model.T) {
		m, top, flag, places := t.NewMutex(), t.NewInt(0), t.NewInt(0), words(t, items)
		push := func(t *model.T) {
			n := top.Load(t)
			places[n].Store(t, n)
			top.Store(t, n+1)
			flag.Store(t, 1)
		}
		pop := func(t *model.T) {
			if byFlag && flag.Load(t) == 0 || !byFlag && top.Load(t) == 0 {
				return
			}
			n := top.Load(t)
			t.Assert(n > 0, "pop from an empty stack")
			places[n-1].Load(t)
			top.Store(t, n-1)
		}
		often := func(do part) part {
			return func(t *model.T) {
				for range items {
					holding(t, m, func() { do(t) })
				}
			}
		}
		together(t, often(push), often(pop))
	}
}

// text is a buffer of characters, as far as it matters: how many they are.
type text struct {
	m *model.Mutex
	n *model.Int
}

// resize sets the length under the lock.
func (b text) resize(t *model.T, n int64) {
	holding(t, b.m, func() {
		b.n.Load(t)
		b.n.Store(t, n)
	})
}

// appendAll appends the other buffer: under its lock throughout, or by two calls to it.
func (b text) appendAll(t *model.T, other text, whole bool) {
	b.m.Lock(t)
	other.m.Lock(t)
	n := other.n.Load(t)
	if !whole {
		other.m.Unlock(t)
	}
	own := b.n.Load(t)
	if !whole {
		other.m.Lock(t)
	}
	t.Assert(n <= other.n.Load(t), "the characters asked for are not there")
	other.m.Unlock(t)
	b.n.Store(t, own+n)
	b.m.Unlock(t)
}

// stringBuffer appends one buffer to another while a thread empties and refills it.
func stringBuffer(whole bool) model.Program {
	return func(t *model.T) {
		a, b := text{t.NewMutex(), t.NewInt(3)}, text{t.NewMutex(), t.NewInt(3)}
		th := t.Go("refill", func(t *model.T) {
			b.resize(t, 0)
			b.resize(t, 3)
		})
		a.appendAll(t, b, whole)
		t.Join(th)
	}
}
