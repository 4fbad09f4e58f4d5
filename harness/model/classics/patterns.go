package classics

import (
	"strconv"

	"github.com/concurrency-god-mode/godmode/harness/model"
)

// twoStages returns the two-stage accesses, by how many threads write and read.
func twoStages() []*Classic {
	return each("twostage", []size{{0, 1, 1}, {20, 10, 10}, {50, 40, 10}, {100, 99, 1}}, func(s size) *Classic {
		return &Classic{
			Doc: "Writers set one variable under its lock, and then a second, one more than the first, under another lock; " +
				"readers read them in the same way, and expect the difference. The twin holds one lock over both.",
			Source:  patterns,
			Program: twoStage(s, false),
			Fixed:   twoStage(s, true),
		}
	})
}

// reorders returns the order violations, by how many threads set and check.
func reorders() []*Classic {
	return each("reorder", []size{{3, 2, 1}, {4, 3, 1}, {5, 4, 1}, {10, 9, 1}, {20, 10, 10}, {50, 40, 10}, {100, 99, 1}}, func(s size) *Classic {
		return &Classic{
			Doc:     "Setters set a=1 and then b=-1; checkers, which start last, expect both or none. The check must fall between the first a and the first b.",
			Source:  "the suite CS of TOPC 2016; with these numbers of threads in " + period,
			Program: reorder(s, false),
			Fixed:   reorder(s, true),
		}
	})
}

// wrongLocks returns the programs in which most threads take the wrong lock, by how many take it.
func wrongLocks() []*Classic {
	return each("wronglock", []size{{0, 1, 7}, {3, 1, 3}}, func(s size) *Classic {
		return &Classic{
			Doc:     "One thread adds to a variable under its lock, and expects nobody in between; the others do under a lock of their own.",
			Source:  patterns,
			Program: wrongLock(s, false),
			Fixed:   wrongLock(s, true),
		}
	})
}

// A size names a variant of a program, unless it is 0, and gives how many threads do the one thing and how many the other.
type size struct{ name, ones, others int }

// each makes the variants of a program.
func each(name string, sizes []size, variant func(size) *Classic) []*Classic {
	var list []*Classic
	for _, s := range sizes {
		c := variant(s)
		if c.Name = name; s.name != 0 {
			c.Name += "_" + strconv.Itoa(s.name)
		}
		list = append(list, c)
	}
	return list
}

// run starts the ones and then the others, and waits for all.
func (s size) run(t *model.T, one, other part) {
	together(t, append(several(s.ones, one), several(s.others, other)...)...)
}

// twoStage writes and reads two variables in two stages, or in one.
func twoStage(s size, atOnce bool) model.Program {
	return func(t *model.T) {
		m1, m2, data1, data2 := t.NewMutex(), t.NewMutex(), t.NewInt(0), t.NewInt(0)
		between := func(t *model.T) {
			if !atOnce {
				m1.Unlock(t)
				m2.Lock(t)
			}
		}
		end := func(t *model.T) {
			if atOnce {
				m1.Unlock(t)
			} else {
				m2.Unlock(t)
			}
		}
		write := func(t *model.T) {
			m1.Lock(t)
			data1.Store(t, 1)
			between(t)
			data2.Store(t, data1.Load(t)+1)
			end(t)
		}
		read := func(t *model.T) {
			m1.Lock(t)
			v := data1.Load(t)
			if v == 0 {
				m1.Unlock(t)
				return
			}
			between(t)
			t.Assert(data2.Load(t) == v+1, "the second stage is missing")
			end(t)
		}
		s.run(t, write, read)
	}
}

// reorder sets two variables one after the other, with a lock or without.
func reorder(s size, locked bool) model.Program {
	return func(t *model.T) {
		m, a, b := t.NewMutex(), t.NewInt(0), t.NewInt(0)
		perhaps := func(t *model.T, do func()) {
			if locked {
				holding(t, m, do)
			} else {
				do()
			}
		}
		set := func(t *model.T) {
			perhaps(t, func() {
				a.Store(t, 1)
				b.Store(t, -1)
			})
		}
		check := func(t *model.T) {
			perhaps(t, func() {
				none := a.Load(t) == 0 && b.Load(t) == 0
				t.Assert(none || a.Load(t) == 1 && b.Load(t) == -1, "one is set without the other")
			})
		}
		s.run(t, set, check)
	}
}

// wrongLock adds under two locks, or all under the right one.
func wrongLock(s size, right bool) model.Program {
	return func(t *model.T) {
		m, wrong, data := t.NewMutex(), t.NewMutex(), t.NewInt(0)
		if right {
			wrong = m
		}
		expect := func(t *model.T) {
			holding(t, m, func() {
				v := data.Load(t)
				add(t, data, 1)
				t.Assert(data.Load(t) == v+1, "somebody else added in between")
			})
		}
		s.run(t, expect, func(t *model.T) { holding(t, wrong, func() { add(t, data, 1) }) })
	}
}
