package classics

import "github.com/concurrency-god-mode/godmode/harness/model"

// safeStack returns the hardest of the classics.
func safeStack() *Classic {
	return &Classic{
		Name: "SafeStack",
		Doc: "Three threads pop a cell of a lock-free stack of three, use it and push it back, twice each. A cell is claimed by taking its link away, and the link of a " +
			"claim that came too late is put back, though the cell may have got another one: with five preemptions in the right places two threads own one cell. " +
			"The twin has a lock around pop and push.",
		Source:  "Vyukov, 2010, as a challenge to the users of CHESS; described in TOPC 2016",
		Program: useStack(false),
		Fixed:   useStack(true),
	}
}

// cells is the stack: links by number of the cell, -1 for none, the top one, and how many there are.
type cells struct {
	m           *model.Mutex // nil: lock-free
	head, count *model.Int
	link, value [3]*model.Int
}

// newCells returns a full stack.
func newCells(t *model.T, locked bool) *cells {
	s := &cells{head: t.NewInt(0), count: t.NewInt(3)}
	for i := range s.link {
		s.link[i], s.value[i] = t.NewInt(int64(i)+1), t.NewInt(-1)
	}
	s.link[2] = t.NewInt(-1)
	if locked {
		s.m = t.NewMutex()
	}
	return s
}

// locked does something under the lock, if there is one.
func (s *cells) locked(t *model.T, do func()) {
	if s.m == nil {
		do()
		return
	}
	holding(t, s.m, do)
}

// pop takes a cell, or returns -1 while at most one is left.
func (s *cells) pop(t *model.T) int64 {
	for s.count.Load(t) > 1 {
		top := s.head.Load(t)
		next := s.link[top].Swap(t, -1)
		if next < 0 {
			continue
		}
		if s.head.CompareAndSwap(t, top, next) {
			s.count.Add(t, -1)
			return top
		}
		s.link[top].Swap(t, next)
	}
	return -1
}

// push puts a cell back.
func (s *cells) push(t *model.T, cell int64) {
	for {
		top := s.head.Load(t)
		s.link[cell].Store(t, top)
		if s.head.CompareAndSwap(t, top, cell) {
			break
		}
	}
	s.count.Add(t, 1)
}

// use owns a cell for a while.
func (s *cells) use(t *model.T, id int64) {
	cell := int64(-1)
	for cell < 0 {
		if s.locked(t, func() { cell = s.pop(t) }); cell < 0 {
			t.Yield()
		}
	}
	s.value[cell].Store(t, id)
	t.Assert(s.value[cell].Load(t) == id, "two threads own one cell")
	s.locked(t, func() { s.push(t, cell) })
}

// useStack runs the three threads.
func useStack(locked bool) model.Program {
	return func(t *model.T) {
		s := newCells(t, locked)
		user := func(id int64) part {
			return func(t *model.T) {
				for range 2 {
					s.use(t, id)
				}
			}
		}
		together(t, user(0), user(1), user(2))
	}
}
