package harness

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/repeat"
	"pgregory.net/rapid"
)

// simulate makes a history of n calls without goroutines: clients call, take effect on a plain system and return at random moments, so that two thirds
// of them have a call open.
func simulate(t *Target, n, clients int, seed uint64) *History {
	r, system := rand.New(rand.NewPCG(seed, 1)), t.New(nil)
	pool := newMill(t, clients, seed)
	h := &History{Calls: make([]Call, 0, n)}
	phase, current := make([]int, clients), make([]int, clients)
	for at, open := int64(0), 0; len(h.Calls) < n || open > 0; at++ {
		c := r.IntN(clients)
		switch phase[c] {
		case 0:
			if len(h.Calls) == n {
				continue
			}
			op := r.IntN(len(t.Operations))
			arg := pool.pools[op][r.IntN(poolSize)]
			current[c] = len(h.Calls)
			open++
			h.Calls = append(h.Calls, Call{Client: c, Op: t.Operations[op].Name, op: op, Arg: arg, Start: at})
		case 1:
			k := &h.Calls[current[c]]
			k.Result = t.Operations[k.op].codec.call(system, k.Arg)
		case 2:
			h.Calls[current[c]].End = at
			open--
		}
		phase[c] = (phase[c] + 1) % 3
	}
	return h
}

// plain is a map, a set and a counter for one goroutine.
type plain struct {
	n int
	m map[int]int
}

func (p *plain) add(d int)       { p.n += d }
func (p *plain) sum() int        { return p.n }
func (p *plain) get(k int) int   { return p.m[k] }
func (p *plain) has(k int) bool  { return p.m[k] != 0 }
func (p *plain) drop(k int) bool { had := p.has(k); delete(p.m, k); return had }
func (p *plain) join(k int) bool { had := p.has(k); p.m[k] = 1; return !had }

// An entry is an argument of put.
type entry struct{ Key, Value int }

func (p *plain) put(e entry) { p.m[e.Key] = e.Value }

// judged are the targets of the benchmark, declared as anyone would.
func judged() []*Target {
	fresh := func(*Env) any { return &plain{m: map[int]int{}} }
	keys := rapid.IntRange(0, 15)
	whole := NewModel("set", "16 elements as one state", uint16(0),
		Does("join", func(s uint16, k int) (uint16, bool) { return s | 1<<k, s>>k&1 == 0 }),
		Does("drop", func(s uint16, k int) (uint16, bool) { return s &^ (1 << k), s>>k&1 != 0 }),
		Does("has", func(s uint16, k int) (uint16, bool) { return s, s>>k&1 != 0 }))
	byKey := NewModel("set by key", "each element on its own", false,
		Does("join", func(s bool, k int) (bool, bool) { return true, !s }),
		Does("drop", func(s bool, k int) (bool, bool) { return false, s }),
		Does("has", func(s bool, k int) (bool, bool) { return s, s }))
	maps := NewModel("map by key", "each key on its own", 0,
		Does("put", func(_ int, e entry) (int, None) { return e.Value, None{} }),
		Does("drop", func(s, _ int) (int, bool) { return 0, s != 0 }),
		Does("get", func(s, _ int) (int, int) { return s, s }))
	set := []Operation{Op("join", keys, (*plain).join), Op("drop", keys, (*plain).drop), Op("has", keys, (*plain).has).Observing()}
	entries := rapid.Custom(func(t *rapid.T) entry { return entry{keys.Draw(t, "key"), rapid.IntRange(1, 1000).Draw(t, "value")} })
	key := func(c Call) any {
		if e, ok := c.Arg.(entry); ok {
			return e.Key
		}
		return c.Arg
	}
	return []*Target{
		{Name: "counter", New: fresh, Model: countingModel(), Operations: []Operation{OpDo("add", rapid.Just(1), (*plain).add), Op0("sum", (*plain).sum).Observing()}},
		{Name: "set", New: fresh, Model: whole, Operations: set},
		{Name: "set by key", New: fresh, Model: byKey.Keyed(key), Operations: set},
		{Name: "map by key", New: fresh, Model: maps.Keyed(key), Operations: []Operation{OpDo("put", entries, (*plain).put),
			Op("drop", keys, (*plain).drop), Op("get", keys, (*plain).get).Observing()}},
	}
}

// TestJudgesSimulated asks for the right verdict on long histories, and on the same ones with one wrong result.
func TestJudgesSimulated(t *testing.T) {
	repeat.Once(t)
	n := 2000
	if testing.Short() {
		n = 300
	}
	for _, target := range judged() {
		h := simulate(target, n, 8, 1)
		if v := target.linearizable(h, 0); v.Status != Held {
			t.Errorf("%s: %v %s", target.Name, v.Status, v.Message)
		}
		for i := n / 2; ; i++ {
			if r, ok := h.Calls[i].Result.(int); ok {
				h.Calls[i].Result = r + 1_000_000
				break
			} else if r, ok := h.Calls[i].Result.(bool); ok && h.Calls[i].Op != "has" {
				h.Calls[i].Result = !r // one more or one less: the rest cannot agree
				break
			}
		}
		if v := target.linearizable(h, 1e6); v.Status != Violated {
			t.Errorf("%s, spoilt: %v %s", target.Name, v.Status, v.Message)
		}
	}
}

// BenchmarkJudge is the time and memory from a recorded history to a verdict, by models declared as anyone would.
func BenchmarkJudge(b *testing.B) {
	for _, target := range judged() {
		h := simulate(target, 100_000, 8, 1)
		b.Run(fmt.Sprintf("%s/ops=100000", target.Name), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if v := target.linearizable(h, 0); v.Status != Held {
					b.Fatal(v)
				}
			}
		})
	}
}
