package spinlock

import (
	"math"
	"slices"

	"github.com/concurrency-god-mode/godmode/chaos"
	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/properties"
)

// Target declares the spin lock, by a record that it guards.
func Target() *harness.Target {
	return &harness.Target{
		Name:       "spin-lock",
		Row:        "lockfree",
		Doc:        "test-and-test-and-set lock with back-off, guarding a record of two words",
		Source:     "T. E. Anderson, IEEE TPDS 1(1), 1990; Herlihy and Shavit, The Art of Multiprocessor Programming, chapter 7",
		New:        func(env *harness.Env) any { return guard(NewSpin(env.Hook()), env.Hook()) },
		Operations: []harness.Operation{harness.Op0("bump", bumper.Bump)},
		Model:      properties.GuardedPair(),
		Points:     true,
		Sites:      slices.Concat(SpinSites, recordSites),
		Faults:     chaos.All(),
		Bugs:       spinBugs,
	}
}

// spinBugs are the wrong twins of the spin lock, each with the engines that must catch it.
var spinBugs = []harness.Bug{
	{Name: "test-then-set", CaughtBy: []harness.Engine{harness.Check, harness.Stress, harness.Explore},
		Doc: "the lock is taken by a load and a store: two that see it free both go in",
		New: func(env *harness.Env) any { return guard(NewTestThenSet(env.Hook()), env.Hook()) }},
	{Name: "no-recheck", CaughtBy: []harness.Engine{harness.Check, harness.Stress, harness.Explore},
		Doc: "after back-off the lock is taken without asking whether somebody else was quicker",
		New: func(env *harness.Env) any { return guard(NewNoRecheck(env.Hook()), env.Hook()) }},
	{Name: "impatient", Kind: "linearizable", CaughtBy: []harness.Engine{harness.Check, harness.Stress, harness.Explore},
		Doc: "who has waited long enough goes in, held or not",
		New: func(env *harness.Env) any { return guard(NewImpatient(env.Hook()), env.Hook()) }},
	{Name: "early-return", Kind: "no-progress", CaughtBy: []harness.Engine{harness.Check, harness.Explore},
		Doc: "a rare way out of the critical section forgets to unlock",
		New: func(env *harness.Env) any { return NewEarlyReturn(env.Hook()) }},
	{Name: "plain-unlock", Kind: "race", CaughtBy: []harness.Engine{harness.Race, harness.Explore},
		Doc: "unlock is an ordinary store, which orders nothing",
		New: func(env *harness.Env) any { return guard(NewPlainUnlock(env.Hook()), env.Hook()) }},
}

// first is the number of the first ticket of declared locks: so close to the largest that the numbers wrap around after a few.
const first = math.MaxUint32 - 1

// TicketTarget declares the ticket lock, by a record that it guards and the order in which tickets are served.
func TicketTarget() *harness.Target {
	return &harness.Target{
		Name:       "ticket-lock",
		Row:        "lockfree",
		Doc:        "fair spin lock that serves in the order in which tickets were drawn, guarding a record of two words",
		Source:     "J. M. Mellor-Crummey and M. L. Scott, ACM TOCS 9(1), 1991, section 2.2",
		New:        func(env *harness.Env) any { return order(newTicketAt(first, env.Hook()), env.Hook()) },
		Operations: []harness.Operation{harness.Op0("bump", bumper.Bump)},
		Model:      properties.GuardedPair(),
		Invariants: []harness.Invariant{{
			Name:  "first-come-first-served",
			Doc:   "tickets are served in the order in which they were drawn",
			Check: func(system any) error { return system.(*ordered).inOrder() },
		}},
		Points: true,
		Sites:  slices.Concat(TicketSites, recordSites),
		Faults: chaos.All(),
		Bugs:   ticketBugs,
	}
}

// ticketBugs are the wrong twins of the ticket lock, each with the engines that must catch it.
var ticketBugs = []harness.Bug{
	{Name: "torn-draw", CaughtBy: []harness.Engine{harness.Check, harness.Explore},
		Doc: "a ticket is drawn by a load and a store: two draw the same",
		New: func(env *harness.Env) any { return order(NewTornDraw(env.Hook()), env.Hook()) }},
	{Name: "wrong-word", Kind: "no-progress", CaughtBy: []harness.Engine{harness.Check, harness.Explore},
		Doc: "unlock raises the number to be drawn instead of the one that is served",
		New: func(env *harness.Env) any { return order(NewWrongWord(env.Hook()), env.Hook()) }},
	{Name: "wrapped", CaughtBy: []harness.Engine{harness.Check, harness.Explore},
		Doc: "tickets are compared by order: where numbers wrap around, one goes in beside those who wait",
		New: func(env *harness.Env) any { return order(NewWrapped(first, env.Hook()), env.Hook()) }},
	{Name: "barging", Kind: "invariant", CaughtBy: []harness.Engine{harness.Check, harness.Stress, harness.Explore},
		Doc: "the lock is taken whenever it is free, whoever is next",
		New: func(env *harness.Env) any { return order(NewBarging(env.Hook()), env.Hook()) }},
	{Name: "plain-serving", Kind: "race", CaughtBy: []harness.Engine{harness.Race, harness.Explore},
		Doc: "the number served is an ordinary variable, read while the holder writes it",
		New: func(env *harness.Env) any { return order(NewPlainServing(env.Hook()), env.Hook()) }},
}
