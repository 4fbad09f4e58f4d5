package linear

import (
	"flag"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/anishathalye/porcupine"
)

var histories = flag.Int("linear.histories", 20_000, "random histories to compare with porcupine")

// randomHistory makes a history of n operations by executing a model at random moments and drawing intervals around them, closed loop for each client
// or free. With some chance results are changed, and operations left pending.
func randomHistory(r *rand.Rand, m oneModel) []Op[act] {
	n, clients := 1+r.IntN(14), 1+r.IntN(5)
	if r.IntN(40) == 0 && m.reads != nil { // without observers, such a history may take either checker hours
		n, clients = 70+r.IntN(12), 90
	}
	free := r.IntN(2) == 0
	ops := make([]Op[act], 0, n)
	states, last := map[int]string{}, make([]int64, clients)
	for i := range n {
		a := act{op: m.ops[r.IntN(len(m.ops))], arg: r.IntN(4), b: r.IntN(4)}
		if m.keyed {
			a.key = r.IntN(3)
		}
		state, ok := states[a.key]
		if !ok {
			state = m.init
		}
		states[a.key], a.result, a.ok = m.next(state, a)
		moment, spread := int64(100*i), int64(1+r.IntN(500))
		o := Op[act]{Client: r.IntN(clients), Input: a, Call: moment - r.Int64N(spread), Return: moment + r.Int64N(spread)}
		if !free {
			o.Call, o.Return = max(o.Call, last[o.Client]+1), max(o.Return, last[o.Client]+2)
			last[o.Client] = o.Return
		}
		ops = append(ops, o)
	}
	damage(r, ops)
	return ops
}

// damage changes some results, and leaves some operations without one.
func damage(r *rand.Rand, ops []Op[act]) {
	if r.IntN(2) == 0 {
		a := &ops[r.IntN(len(ops))].Input
		if r.IntN(2) == 0 {
			a.ok = !a.ok
		} else {
			a.result = r.IntN(4)
		}
	}
	for range r.IntN(3) {
		o := &ops[r.IntN(len(ops))]
		o.Pending, o.Input.unsure = true, true
	}
}

// oracle asks porcupine. A pending operation, which may never take effect, is put at the end of time, where it does no harm.
func oracle(m oneModel, ops []Op[act]) bool {
	var list []porcupine.Operation
	for _, o := range ops {
		if o.Pending {
			o.Return = math.MaxInt64
		}
		list = append(list, porcupine.Operation{ClientId: o.Client, Input: o.Input, Call: o.Call, Output: o.Input, Return: o.Return})
	}
	return porcupine.CheckOperations(m.theirs(), list)
}

// compare checks one random history with both, with and without hints, and verifies the witness.
func compare(t *testing.T, m oneModel, r *rand.Rand) (legal bool) {
	ops := randomHistory(r, m)
	want := oracle(m, ops)
	for _, hints := range []bool{false, true} {
		got := Check(m.ours(hints), ops, Limits{})
		if got.Verdict == Unknown || (got.Verdict == Ok) != want {
			t.Errorf("%s, hints %v: %v, porcupine says %v, for\n%v", m.name, hints, got.Verdict, want, ops)
			return want
		}
		if got.Verdict == Ok {
			verify(t, m, ops, got.Order)
		}
	}
	return want
}

// verify replays a witness: every completed operation once, in an order that respects real time and that the model accepts.
func verify(t *testing.T, m oneModel, ops []Op[act], order []int) {
	t.Helper()
	states, used, latest := map[int]string{}, map[int]bool{}, map[int]int64{}
	for _, i := range order {
		o := ops[i]
		if !m.keyed {
			o.Input.key = 0
		}
		state, ok := states[o.Input.key]
		if !ok {
			state = m.init
		}
		next, ok := m.step(state, o.Input)
		if !ok || used[i] {
			t.Errorf("%s: the witness %v of %v is wrong at %v", m.name, order, ops, o)
			return
		}
		if before, ok := latest[o.Input.key]; ok && !o.Pending && o.Return < before {
			t.Errorf("%s: the witness %v of %v puts %v behind a later call", m.name, order, ops, o)
		}
		latest[o.Input.key] = max(latest[o.Input.key], o.Call)
		states[o.Input.key], used[i] = next, true
	}
	for i, o := range ops {
		if !o.Pending && !used[i] {
			t.Errorf("%s: the witness %v of %v misses %v", m.name, order, ops, o)
		}
	}
}

// TestAgreesWithPorcupine compares verdicts on random histories. The documented run is in the package's README.
func TestAgreesWithPorcupine(t *testing.T) {
	n := *histories / len(models)
	if testing.Short() {
		n /= 5
	}
	for i, m := range models {
		t.Run(m.name, func(t *testing.T) {
			var legal atomic.Int64
			r := rand.New(rand.NewPCG(uint64(i), 7))
			for range n {
				if compare(t, m, r) {
					legal.Add(1)
				}
			}
			t.Logf("%d histories, %d linearizable", n, legal.Load())
			if l := int(legal.Load()); l < n/10 || l > n*9/10 {
				t.Errorf("the sample is one-sided: %d of %d histories are linearizable", l, n)
			}
		})
	}
}

// FuzzAgreesWithPorcupine lets the fuzzer choose the seeds.
func FuzzAgreesWithPorcupine(f *testing.F) {
	for i := range models {
		f.Add(uint64(i), uint8(i))
	}
	f.Fuzz(func(t *testing.T, seed uint64, which uint8) {
		compare(t, models[int(which)%len(models)], rand.New(rand.NewPCG(seed, 1)))
	})
}
