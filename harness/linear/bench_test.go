package linear

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// deed is the input of the benchmark models, small and without text so that the checkers are measured and not the models.
type deed struct {
	kind   byte // 'r' observes, 'a' adds or writes, 'd' deletes
	key    byte
	arg    int32
	result int32
}

// A workload is a specification in typed form: next returns the state after a deed and its right result.
type workload[S comparable] struct {
	name  string
	kinds string // what is done, as often as it is listed
	keys  int
	keyed bool
	// values says that what is written is a new value every time.
	values bool
	next   func(S, deed) (S, int32)
}

var (
	counting = workload[int32]{"counter", "ar", 1, false, false, func(s int32, d deed) (int32, int32) {
		if d.kind == 'a' {
			return s + 1, 0
		}
		return s, s
	}}
	wholeSet = workload[uint32]{"set", "adr", 16, false, false, func(s uint32, d deed) (uint32, int32) {
		bit := uint32(1) << d.key
		in := int32(s >> d.key & 1)
		switch d.kind {
		case 'a':
			return s | bit, 1 - in
		case 'd':
			return s &^ bit, in
		}
		return s, in
	}}
	keyedSet = workload[bool]{"set by key", "adr", 16, true, false, func(s bool, d deed) (bool, int32) {
		in := int32(0)
		if s {
			in = 1
		}
		switch d.kind {
		case 'a':
			return true, 1 - in
		case 'd':
			return false, in
		}
		return s, in
	}}
	keyedMap = workload[int32]{"map by key", "aadrr", 16, true, true, func(s int32, d deed) (int32, int32) {
		switch d.kind {
		case 'a':
			return d.arg, s
		case 'd':
			return 0, s
		}
		return s, s
	}}
)

// ours is the model for Check.
func (w workload[S]) ours() Model[S, deed] {
	m := Model[S, deed]{
		Step:     func(s S, d deed) (S, bool) { next, r := w.next(s, d); return next, r == d.result },
		Observer: func(d deed) bool { return d.kind == 'r' },
		Twin:     func(a, b deed) bool { return a == b },
	}
	if w.keyed {
		m.Partition = func(d deed) any { return d.key }
	}
	return m
}

// theirs is the model for porcupine.
func (w workload[S]) theirs() porcupine.Model {
	m := porcupine.Model{
		Init: func() any { var s S; return s },
		Step: func(s, in, _ any) (bool, any) {
			d := in.(deed)
			next, r := w.next(s.(S), d)
			return r == d.result, next
		},
	}
	if w.keyed {
		m.Partition = func(h []porcupine.Operation) [][]porcupine.Operation {
			parts := make([][]porcupine.Operation, w.keys)
			for _, op := range h {
				k := op.Input.(deed).key
				parts[k] = append(parts[k], op)
			}
			return parts
		}
	}
	return m
}

// history executes the specification with clients that call, take effect and return at random moments: a closed loop in which two thirds of the
// clients have an operation open.
func (w workload[S]) history(n, clients int, seed uint64) []Op[deed] {
	r := rand.New(rand.NewPCG(seed, 1))
	states := map[byte]S{}
	ops := make([]Op[deed], 0, n)
	phase, current, open := make([]int, clients), make([]int, clients), 0
	for at := int64(0); ; at++ {
		c := r.IntN(clients)
		switch o := current[c]; phase[c] {
		case 0:
			if len(ops) == n {
				if open == 0 {
					return ops
				}
				continue
			}
			open++
			d := deed{kind: w.kinds[r.IntN(len(w.kinds))], key: byte(r.IntN(w.keys))}
			if w.values && d.kind == 'a' {
				d.arg = int32(len(ops) + 1)
			}
			current[c] = len(ops)
			ops = append(ops, Op[deed]{Client: c, Input: d, Call: at, Pending: true})
		case 1:
			part := byte(0)
			if w.keyed {
				part = ops[o].Input.key
			}
			states[part], ops[o].Input.result = w.next(states[part], ops[o].Input)
		case 2:
			ops[o].Return, ops[o].Pending = at, false
			open--
		}
		phase[c] = (phase[c] + 1) % 3
	}
}

// spoil makes one of the last observers return what it cannot have seen, the latest place and so the worst for a checker that goes from front to back.
func spoil(ops []Op[deed]) {
	for i := len(ops) - 20; ; i-- {
		if ops[i].Input.kind == 'r' {
			ops[i].Input.result += 1_000_000
			return
		}
	}
}

// theirTime is when porcupine is stopped. In that time it takes up to 2 GB; without, all there is.
const theirTime = 5 * time.Second

// benchmark measures both checkers on a good history, and ours on a spoilt one. B/op bounds the peak of the memory from above.
func (w workload[S]) benchmark(b *testing.B, n int) {
	good, bad := w.history(n, 8, 1), w.history(n, 8, 1)
	spoil(bad)
	var list []porcupine.Operation
	for _, o := range good {
		list = append(list, porcupine.Operation{ClientId: o.Client, Input: o.Input, Call: o.Call, Return: o.Return})
	}
	name := fmt.Sprintf("%s/ops=%d/", w.name, n)
	b.Run(name+"godmode", func(b *testing.B) { benchCheck(b, w.ours(), good, Ok) })
	b.Run(name+"godmode, spoilt", func(b *testing.B) { benchCheck(b, w.ours(), bad, Illegal) })
	b.Run(name+"porcupine", func(b *testing.B) {
		b.ReportAllocs()
		timeouts := 0
		for b.Loop() {
			timeouts += count01(porcupine.CheckOperationsTimeout(w.theirs(), list, theirTime) == porcupine.Unknown)
		}
		b.ReportMetric(float64(timeouts)/float64(b.N), "timeouts/op")
	})
}

func benchCheck[S comparable](b *testing.B, m Model[S, deed], ops []Op[deed], want Verdict) {
	b.ReportAllocs()
	var r Result
	for b.Loop() {
		if r = Check(m, ops, Limits{}); r.Verdict != want {
			b.Fatal(r.Verdict, r.Reason)
		}
	}
	b.ReportMetric(float64(r.Configs), "configs")
}

// BenchmarkCheck is what README.md quotes.
func BenchmarkCheck(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		counting.benchmark(b, n)
		wholeSet.benchmark(b, n)
		keyedSet.benchmark(b, n)
		keyedMap.benchmark(b, n)
	}
}

// BenchmarkMillion has ten times as many operations, which only the one checker decides.
func BenchmarkMillion(b *testing.B) {
	benchCheck(b, counting.ours(), counting.history(1_000_000, 8, 1), Ok)
}
