package harness

import (
	"fmt"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/choice"
	"pgregory.net/rapid"
)

// A Step is one operation that a program asks of one client.
type Step struct {
	Client int
	Op     string
	Arg    any

	op int
}

// A Program is what all clients are to do: each client executes its steps in the order of the list, at the same time as the others. One
// list with client numbers makes a program easy to shrink: dropping an element drops an operation, lowering a number merges clients.
type Program []Step

// Clients returns the number of clients, one more than the largest number.
func (p Program) Clients() int {
	n := 0
	for _, s := range p {
		n = max(n, s.Client+1)
	}
	return n
}

// String prints the program a client a line.
func (p Program) String() string {
	var b strings.Builder
	for c := range p.Clients() {
		fmt.Fprintf(&b, "c%d:", c)
		for _, s := range p {
			if s.Client == c {
				fmt.Fprintf(&b, " %s(%s)", s.Op, argText(s.Arg))
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// GoString prints the program on one line; rapid prints generated values this way.
func (p Program) GoString() string {
	return strings.ReplaceAll(strings.TrimSpace(p.String()), "\n", " | ")
}

// normal returns the program with its clients renumbered without gaps in the order of their first appearance, where the target treats
// all clients alike.
func (p Program) normal(t *Target) Program {
	if t.restricted() {
		return p
	}
	q := slices.Clone(p)
	number := map[int]int{}
	for i := range q {
		n, ok := number[q[i].Client]
		if !ok {
			n = len(number)
			number[q[i].Client] = n
		}
		q[i].Client = n
	}
	return q
}

// restricted reports whether some operation is reserved to some clients.
func (t *Target) restricted() bool {
	return slices.ContainsFunc(t.Operations, func(o Operation) bool { return o.clients != nil })
}

// choices lists, for each client, the operations it may call, each as often as its weight.
func (t *Target) choices(clients int) [][]int {
	lists := make([][]int, clients)
	for c := range lists {
		for i, o := range t.Operations {
			if o.allows(c) {
				lists[c] = append(lists[c], slices.Repeat([]int{i}, o.weight())...)
			}
		}
	}
	return lists
}

// programs returns the generator of small programs for check: up to clients clients and length steps in all.
func (t *Target) programs(clients, length int) *rapid.Generator[Program] {
	clients = t.clamp(clients)
	choices := t.choices(clients)
	busy := slices.DeleteFunc(sequence(clients), func(c int) bool { return len(choices[c]) == 0 })
	step := rapid.Custom(func(r *rapid.T) Step {
		c := rapid.SampledFrom(busy).Draw(r, "client")
		i := rapid.SampledFrom(choices[c]).Draw(r, "operation")
		return Step{Client: c, Op: t.Operations[i].Name, Arg: t.Operations[i].codec.draw(r), op: i}
	})
	return rapid.Map(rapid.SliceOfN(step, 1, length), func(s []Step) Program { return t.number(s) })
}

// number gives each numbered argument its own value.
func (t *Target) number(p Program) Program {
	for i := range p {
		if t.Operations[p[i].op].codec.distinct() {
			p[i].Arg = i + 1
		}
	}
	return p
}

// clamp bounds a number of clients by the target's quota.
func (t *Target) clamp(clients int) int {
	if t.Quota > 0 {
		clients = min(clients, t.Quota)
	}
	return max(clients, 1)
}

// sequence returns 0 to n-1.
func sequence(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = i
	}
	return s
}

// A mill makes large programs quickly for stress: operations come from a stream, arguments from pools drawn by rapid once.
type mill struct {
	target  *Target
	choices [][]int
	pools   [][]any
	most    int // steps of a small program
}

// poolSize is the number of arguments that are drawn for each operation. Repeated arguments are what finds conflicts.
const poolSize = 256

func newMill(t *Target, clients int, seed uint64) *mill {
	m := &mill{target: t, choices: t.choices(clients), pools: make([][]any, len(t.Operations))}
	for i, o := range t.Operations {
		if o.codec.distinct() {
			continue
		}
		draw := rapid.Custom(func(r *rapid.T) []any {
			pool := make([]any, poolSize)
			for j := range pool {
				pool[j] = o.codec.draw(r)
			}
			return pool
		})
		m.pools[i] = draw.Example(int(choice.Mix(seed, uint64(i)) >> 1))
	}
	return m
}

// program makes a program of n steps for each client.
func (m *mill) program(s *choice.Stream, n int) Program {
	p := make(Program, 0, n*len(m.choices))
	for c, choices := range m.choices {
		if len(choices) == 0 {
			continue
		}
		for range n {
			p = append(p, m.step(s, c))
		}
	}
	return m.target.number(p)
}

// step makes a step of a client that may call something.
func (m *mill) step(s *choice.Stream, c int) Step {
	choices := m.choices[c]
	i := choices[s.Intn(len(choices))]
	step := Step{Client: c, Op: m.target.Operations[i].Name, op: i}
	if pool := m.pools[i]; pool != nil {
		step.Arg = pool[s.Intn(len(pool))]
	}
	return step
}
