package harness

import (
	"fmt"
)

// A Model is a sequential specification: what each operation must return, and how it changes the state, if operations never
// overlap. A concurrent history is correct if its operations can be put in one order that respects real time and that the model
// accepts (linearizability; Herlihy and Wing 1990, TOPLAS 12(3), section 2.3).
//
// Make a model with [NewModel] from rules over a state of your own, or with [Sequential] from a plain sequential Go type that has the
// target's operations.
type Model struct {
	// Name and Doc say what is specified, in one sentence.
	Name, Doc string
	// Partition returns the part of the state that a call concerns, such as the key of a map. Calls with different parts must be
	// independent: each part is checked on its own, which is much faster. Nil means one part.
	Partition func(Call) any

	init  func() any // the initial state of one check
	rules map[string]rule
	free  bool // the state is a *replay
}

// rule is what a model says about one operation, with its types erased.
type rule struct {
	accept  func(state any, arg, result any) (any, bool)
	pending func(state any, arg any) (any, bool)
}

// A Rule says what one operation does to a state of type S.
type Rule[S comparable] struct {
	op string
	rule
}

// Does returns the rule of an operation that is a function of state and argument: it returns the next state and the result
// that the operation must have. Two results are equal if == says so.
func Does[S, A, R comparable](op string, f func(S, A) (S, R)) Rule[S] {
	return Rule[S]{op, rule{
		accept: func(s, a, r any) (any, bool) {
			next, want := f(s.(S), a.(A))
			got, ok := r.(R)
			return next, ok && got == want
		},
		pending: func(s, a any) (any, bool) {
			next, _ := f(s.(S), a.(A))
			return next, true
		},
	}}
}

// Does0 is [Does] for an operation without argument.
func Does0[S, R comparable](op string, f func(S) (S, R)) Rule[S] {
	return Does(op, func(s S, _ None) (S, R) { return f(s) })
}

// Allows returns the rule of an operation of which several results are right: f reports whether the result is allowed in
// the state, and the next state. A call of it whose result is unknown is taken to have had no effect or any that some later result
// shows; since the next state cannot be computed without a result, unknown must be given: it returns the state after a call that took
// effect unseen, and false if it then has none.
func Allows[S, A, R comparable](op string, f func(S, A, R) (S, bool), unknown func(S, A) (S, bool)) Rule[S] {
	return Rule[S]{op, rule{
		accept: func(s, a, r any) (any, bool) {
			got, ok := r.(R)
			if !ok {
				return s, false
			}
			next, ok := f(s.(S), a.(A), got)
			return next, ok
		},
		pending: func(s, a any) (any, bool) {
			next, ok := unknown(s.(S), a.(A))
			return next, ok
		},
	}}
}

// NewModel makes a model from an initial state and one rule for each operation. States are compared with ==, so a state must hold all
// that matters by value: a number, a string, an array, a struct of these.
func NewModel[S comparable](name, doc string, init S, rules ...Rule[S]) *Model {
	m := &Model{Name: name, Doc: doc, init: func() any { return init }, rules: make(map[string]rule, len(rules))}
	for _, r := range rules {
		if _, twice := m.rules[r.op]; twice {
			panic(fmt.Sprintf("harness: model %s has two rules for %s", name, r.op))
		}
		m.rules[r.op] = r.rule
	}
	return m
}

// Sequential makes a model from a plain sequential Go type: fresh returns an instance that has the operations of the target (its
// client type must be an interface that both implement). A history is correct if some order of its calls returns the same results on one
// instance without any concurrency. Two orders that lead to the same state are recognised only if digest, which may be nil, returns
// all that matters of an instance as a comparable value; without it, histories of more than a few dozen overlapping calls may be
// undecided. Each new state costs a replay of the calls that lead to it.
func Sequential(name, doc string, fresh func() any, digest func(instance any) any) *Model {
	return &Model{Name: name, Doc: doc, free: true, init: func() any { return newReplay(fresh, digest) }}
}

// Keyed returns a copy of the model whose calls are independent by the given part of their argument.
func (m *Model) Keyed(partition func(Call) any) *Model {
	c := *m
	c.Partition = partition
	return &c
}

// missing returns an operation that the model says nothing about, or "".
func (m *Model) missing(ops []Operation) string {
	if m.free {
		return ""
	}
	for i := range ops {
		if _, ok := m.rules[ops[i].Name]; !ok {
			return ops[i].Name
		}
	}
	return ""
}

// step applies one call, and reports whether its result is right.
func (m *Model) step(ops []Operation, state any, c *Call) (any, bool) {
	if m.free {
		return state.(*replay).step(ops, c)
	}
	r := m.rules[c.Op]
	if c.Pending {
		return r.pending(state, c.Arg)
	}
	return r.accept(state, c.Arg, c.Result)
}
