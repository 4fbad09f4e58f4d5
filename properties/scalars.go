package properties

import "github.com/concurrency-god-mode/godmode/harness"

// Counter specifies a counter: add(d), and sum, which returns the total of all additions.
func Counter() *harness.Model {
	return harness.NewModel("counter", "sum returns the total of all additions before it", 0,
		harness.Does("add", func(s, d int) (int, harness.None) { return s + d, harness.None{} }),
		harness.Does0("sum", func(s int) (int, int) { return s, s }))
}

// Register specifies a variable: write(v), and read, which returns the last value written, at first 0.
func Register() *harness.Model {
	return harness.NewModel("register", "read returns the last value written", 0,
		harness.Does("write", func(_, v int) (int, harness.None) { return v, harness.None{} }),
		harness.Does0("read", func(s int) (int, int) { return s, s }))
}

// A Pair is a record of two words that are always written together.
type Pair struct{ A, B int }

// GuardedPair specifies a record of two counters that a lock guards: bump adds one to both and returns them as they were before.
// Two clients inside at once return the same values, or torn ones.
func GuardedPair() *harness.Model {
	return harness.NewModel("guarded-pair", "bump adds one to both words and returns both as they were before", Pair{},
		harness.Does0("bump", func(s Pair) (Pair, Pair) { return Pair{s.A + 1, s.B + 1}, s }))
}

// Set specifies a set of ints, each element on its own: add(v) and remove(v) report whether they changed the set, contains(v) whether v is in it.
func Set() *harness.Model {
	m := harness.NewModel("set", "add, remove and contains agree on what is in the set", false,
		harness.Does("add", func(in bool, _ int) (bool, bool) { return true, !in }),
		harness.Does("remove", func(in bool, _ int) (bool, bool) { return false, in }),
		harness.Does("contains", func(in bool, _ int) (bool, bool) { return in, in }))
	return m.Keyed(func(c harness.Call) any { return c.Arg })
}
