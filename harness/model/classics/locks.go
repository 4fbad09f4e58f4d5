package classics

import "github.com/concurrency-god-mode/godmode/harness/model"

// locks returns the programs whose critical sections are right one by one, and wrong in some order.
func locks() []*Classic {
	return []*Classic{{
		Name:    "account",
		Doc:     "One thread pays in, one takes out, one checks the balance when both are done, and expects the wrong sum: only the check that comes last fails.",
		Source:  sctbench,
		Program: account(1 - 2 - 4),
		Fixed:   account(1 + 2 - 4),
	}, {
		Name:    "lazy01",
		Doc:     "Two threads add one and two under a lock; a third claims that it never sees both.",
		Source:  sctbench,
		Program: lazy(2),
		Fixed:   lazy(3),
	}, {
		Name:    "deadlock01",
		Doc:     "Two threads take the same two locks in opposite order.",
		Source:  sctbench,
		Program: opposite(false),
		Fixed:   opposite(true),
	}, {
		Name: "token_ring",
		Doc: "Three stations pass a number on, each under the lock: x1=x3+1, x2=x1, x3=x2. A fourth thread claims that it has not gone all round yet. " +
			"The twin's claim is the invariant of such a ring: at most one station differs from the one before it.",
		Source:  sctbench + "; the ring is of Dijkstra: Self-stabilizing systems in spite of distributed control, CACM 1974",
		Program: tokenRing([3]int64{1, 2, 1}, func(x [3]int64) bool { return x != [3]int64{2, 2, 2} }),
		Fixed:   tokenRing([3]int64{1, 1, 1}, func(x [3]int64) bool { return x[0] == x[1] || x[1] == x[2] }),
	}, {
		Name: "carter01",
		Doc: "Two classes of threads share a resource: the first of a class to enter takes a lock for it while it holds the lock of the counters, " +
			"and the last to leave, which needs the lock of the counters too, gives it back. The twin waits for the resource without the other lock.",
		Source:  sctbench,
		Program: classes(false),
		Fixed:   classes(true),
	}}
}

// account expects a balance after both payments.
func account(expected int64) model.Program {
	return func(t *model.T) {
		m, balance, paidIn, takenOut := t.NewMutex(), t.NewInt(1), t.NewInt(0), t.NewInt(0)
		pay := func(d int64, done *model.Int) part {
			return func(t *model.T) {
				holding(t, m, func() {
					add(t, balance, d)
					done.Store(t, 1)
				})
			}
		}
		check := func(t *model.T) {
			holding(t, m, func() {
				if paidIn.Load(t) == 1 && takenOut.Load(t) == 1 {
					t.Assert(balance.Load(t) == expected, "the balance is not what the payments make it")
				}
			})
		}
		together(t, check, pay(2, paidIn), pay(-4, takenOut))
	}
}

// lazy claims that a sum of one and two stays at or below a bound.
func lazy(bound int64) model.Program {
	return func(t *model.T) {
		m, data := t.NewMutex(), t.NewInt(0)
		adds := func(d int64) part {
			return func(t *model.T) { holding(t, m, func() { add(t, data, d) }) }
		}
		together(t, adds(1), adds(2), func(t *model.T) {
			holding(t, m, func() { t.Assert(data.Load(t) <= bound, "data is past the bound") })
		})
	}
}

// opposite takes two locks in one order and in the other, or twice in the same.
func opposite(same bool) model.Program {
	return func(t *model.T) {
		a, b, counter := t.NewMutex(), t.NewMutex(), t.NewInt(0)
		under := func(outer, inner *model.Mutex) part {
			return func(t *model.T) {
				holding(t, outer, func() {
					holding(t, inner, func() { add(t, counter, 1) })
				})
			}
		}
		if same {
			together(t, under(a, b), under(a, b))
			return
		}
		together(t, under(a, b), under(b, a))
	}
}

// tokenRing runs three stations for one step each, and a claim about the ring at any time.
func tokenRing(start [3]int64, claim func(x [3]int64) bool) model.Program {
	return func(t *model.T) {
		m := t.NewMutex()
		x := [3]*model.Int{t.NewInt(start[0]), t.NewInt(start[1]), t.NewInt(start[2])}
		station := func(to, from int, d int64) part {
			return func(t *model.T) { holding(t, m, func() { x[to].Store(t, (x[from].Load(t)+d)%4) }) }
		}
		check := func(t *model.T) {
			holding(t, m, func() {
				t.Assert(claim([3]int64{x[0].Load(t), x[1].Load(t), x[2].Load(t)}), "the ring is not as claimed")
			})
		}
		together(t, check, station(0, 2, 1), station(1, 0, 0), station(2, 1, 0))
	}
}

// classes runs one thread of each of two classes, and a bystander of none.
func classes(apart bool) model.Program {
	return func(t *model.T) {
		counters, resource := t.NewMutex(), t.NewMutex()
		member := func(n *model.Int) part {
			return func(t *model.T) {
				enter(t, counters, resource, n, apart)
				holding(t, counters, func() {
					if add(t, n, -1); n.Load(t) == 0 {
						resource.Unlock(t)
					}
				})
			}
		}
		together(t, member(t.NewInt(0)), member(t.NewInt(0)), func(*model.T) {})
	}
}

// enter counts a thread in, and takes the resource if it is the first of its class: with the lock of the counters in hand, or apart from it.
func enter(t *model.T, counters, resource *model.Mutex, n *model.Int, apart bool) {
	first := false
	holding(t, counters, func() {
		add(t, n, 1)
		first = n.Load(t) == 1
		if first && !apart {
			resource.Lock(t)
		}
	})
	if first && apart {
		resource.Lock(t)
	}
}
