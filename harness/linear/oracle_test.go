package linear

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/anishathalye/porcupine"
)

var (
	histories = flag.Int("oracle.histories", 5_000, "random histories to compare with porcupine, over all models")
	seed      = flag.Uint64("oracle.seed", 1, "seed of the random histories")
)

// atTheEnd asks porcupine, which knows no pending operations: each is put at the end of time. That is exact for models in which an operation without
// result never waits: one that took no effect does no harm there.
func atTheEnd(m oneModel, ops []Op[act]) bool {
	var list []porcupine.Operation
	for _, o := range ops {
		if o.Pending {
			o.Return = math.MaxInt64
		}
		list = append(list, porcupine.Operation{ClientId: o.Client, Input: o.Input, Call: o.Call, Output: o.Input, Return: o.Return})
	}
	return porcupine.CheckOperations(m.theirs(), list)
}

// anySubset asks porcupine for every choice of the pending operations that took effect; the others are dropped.
func anySubset(m oneModel, ops []Op[act]) bool {
	var kept, open []Op[act]
	for _, o := range ops {
		if o.Pending {
			open = append(open, o)
		} else {
			kept = append(kept, o)
		}
	}
	for choice := range 1 << len(open) {
		some := kept[:len(kept):len(kept)]
		for i, o := range open {
			if choice>>i&1 != 0 {
				some = append(some, o)
			}
		}
		if atTheEnd(m, some) {
			return true
		}
	}
	return false
}

// porcupineSays is the verdict of porcupine.
func porcupineSays(m oneModel, ops []Op[act]) bool {
	if m.waits != nil {
		return anySubset(m, ops)
	}
	return atTheEnd(m, ops)
}

// definition tries every order of the operations, with nothing remembered and nothing pruned: linearizability as it is defined. Done is the set of
// those that have taken effect, states holds the state by key.
func definition(m oneModel, ops []Op[act], done uint, states [4]string) bool {
	finished := true
	for i, o := range ops {
		finished = finished && (o.Pending || done>>i&1 != 0)
	}
	if finished {
		return true
	}
	for i, o := range ops {
		if done>>i&1 != 0 || !mayBeNext(ops, done, o) {
			continue
		}
		k, after := o.Input.key, states
		var ok bool
		if after[k], ok = m.step(states[k], o.Input); ok && definition(m, ops, done|1<<i, after) {
			return true
		}
	}
	return false
}

// mayBeNext reports whether nothing that is still to take effect returned before the call of o.
func mayBeNext(ops []Op[act], done uint, o Op[act]) bool {
	for i, p := range ops {
		if done>>i&1 == 0 && !p.Pending && p.Return < o.Call {
			return false
		}
	}
	return true
}

// definitionSays is the verdict of the definition. It takes time factorial in the length.
func definitionSays(m oneModel, ops []Op[act]) bool {
	return definition(m, ops, 0, [4]string{m.init, m.init, m.init, m.init})
}

// agree checks a history with and without hints, and with and without forgetting at every step and a mask of several words, against the verdict
// that it should have, and verifies witnesses.
func agree(t *testing.T, m oneModel, ops []Op[act], want bool) {
	t.Helper()
	for _, hints := range []bool{false, true} {
		for _, l := range []Limits{{}, {few: 1, firstSlot: 62}} {
			got := Check(m.ours(hints), ops, l)
			if got.Verdict == Unknown || (got.Verdict == Ok) != want {
				t.Errorf("%s, hints %v, few %d: %v, should be %v, for\n%v", m.name, hints, l.few, got.Verdict, want, ops)
			}
			if got.Verdict == Ok {
				verify(t, m, ops, got.Order)
			}
		}
	}
}

// verify replays a witness: every completed operation once, in an order that respects real time and that the model accepts.
func verify(t *testing.T, m oneModel, ops []Op[act], order []int) {
	t.Helper()
	used, latest := make([]bool, len(ops)), [4]int64{math.MinInt64, math.MinInt64, math.MinInt64, math.MinInt64}
	states := [4]string{m.init, m.init, m.init, m.init}
	for _, i := range order {
		o := ops[i]
		k := o.Input.key
		next, ok := m.step(states[k], o.Input)
		if !ok || used[i] {
			t.Errorf("%s: the witness %v of %v is wrong at %v", m.name, order, ops, o)
			return
		}
		if !o.Pending && o.Return < latest[k] {
			t.Errorf("%s: the witness %v of %v puts %v behind a later call", m.name, order, ops, o)
		}
		latest[k] = max(latest[k], o.Call)
		states[k], used[i] = next, true
	}
	for i, o := range ops {
		if !o.Pending && !used[i] {
			t.Errorf("%s: the witness %v of %v misses %v", m.name, order, ops, o)
		}
	}
}

// sample returns how many histories to compare a model with.
func sample(n int) int {
	n /= len(models)
	if testing.Short() || slowed && n < 1000 {
		n /= 10
	}
	return n
}

// TestOracle compares verdicts with porcupine on random histories. For a long run:
//
//	go test ./harness/linear -run TestOracle -v -oracle.histories=1000000
func TestOracle(t *testing.T) {
	for i, m := range models {
		t.Run(m.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(*seed, uint64(i)))
			n, legal, pending := sample(*histories), 0, 0
			for k := 0; k < n && !t.Failed(); k++ {
				ops := randomHistory(r, m, 14)
				want := porcupineSays(m, ops)
				agree(t, m, ops, want)
				legal += count01(want)
				pending += count01(hasPending(ops))
			}
			t.Logf("seed %d: %d histories, %d linearizable, %d with pending operations", *seed, n, legal, pending)
			if n > 50 && (legal < n/10 || legal > n*9/10) {
				t.Errorf("the sample is one-sided: %d of %d histories are linearizable", legal, n)
			}
		})
	}
}

// TestDefinition compares verdicts with the definition on tiny histories, and that of porcupine with it too, in all its ways.
func TestDefinition(t *testing.T) {
	for i, m := range models {
		t.Run(m.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(*seed, uint64(100+i)))
			for k := 0; k < sample(*histories/2) && !t.Failed(); k++ {
				ops := randomHistory(r, m, 6)
				want := definitionSays(m, ops)
				agree(t, m, ops, want)
				if anySubset(m, ops) != want || m.waits == nil && atTheEnd(m, ops) != want {
					t.Errorf("%s: porcupine contradicts the definition, %v, for\n%v", m.name, want, ops)
				}
			}
		})
	}
}

func count01(b bool) int {
	if b {
		return 1
	}
	return 0
}

func hasPending(ops []Op[act]) bool {
	for _, o := range ops {
		if o.Pending {
			return true
		}
	}
	return false
}

// FuzzOracle lets the fuzzer choose histories. Both references are asked where they are quick.
func FuzzOracle(f *testing.F) {
	for i := range models {
		f.Add(uint8(i), []byte{0, 0x10, 0, 9, 1, 1, 1, 3, 0x41, 0x12, 2, 5, 0x80, 2, 1, 1})
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		m := models[int(which)%len(models)]
		ops := readHistory(m, data, 12)
		want := porcupineSays(m, ops)
		agree(t, m, ops, want)
		if len(ops) <= 6 && definitionSays(m, ops) != want {
			t.Errorf("%s: porcupine contradicts the definition, for\n%v", m.name, fmt.Sprint(ops))
		}
	})
}
