package linear

import (
	"testing"
)

// op is a completed operation of the test models.
func op(call, ret int64, a act) Op[act] { return Op[act]{Input: a, Call: call, Return: ret} }

// pending is an operation that did not return.
func pending(call int64, a act) Op[act] {
	a.unsure = true
	return Op[act]{Input: a, Call: call, Pending: true}
}

func write(v int) act     { return act{op: "write", arg: v, ok: true} }
func read(v int) act      { return act{op: "read", result: v, ok: true} }
func put(v int) act       { return act{op: "put", arg: v, ok: true} }
func take(v int) act      { return act{op: "take", result: v, ok: true} }
func empty() act          { return act{op: "take"} }
func inc() act            { return act{op: "inc", ok: true} }
func count(n int) act     { return act{op: "get", result: n, ok: true} }
func fetch(n int) act     { return act{op: "add", result: n, ok: true} }
func put2(k int) act      { return act{op: "add", key: k, ok: true} }
func holds(k int) act     { return act{op: "contains", key: k, ok: true} }
func lacks(k int) act     { return act{op: "contains", key: k} }
func swap(o, n int) act   { return act{op: "cas", arg: o, b: n, ok: true} }
func swapNo(o, n int) act { return act{op: "cas", arg: o, b: n} }

// TestHandMade holds histories that can be judged by eye, each with the reason.
func TestHandMade(t *testing.T) {
	for _, c := range []struct {
		model, why string
		ops        []Op[act]
		want       Verdict
	}{
		{"register", "nothing happened", nil, Ok},
		{"register", "a read after a write must see it", []Op[act]{op(1, 2, write(1)), op(3, 4, read(0))}, Illegal},
		{"register", "a read that overlaps a write may miss it", []Op[act]{op(1, 4, write(1)), op(3, 5, read(0))}, Ok},
		{"register", "intervals are closed: sharing a moment is overlapping", []Op[act]{op(1, 3, write(1)), op(3, 5, read(0))}, Ok},
		{"register", "new then old: two reads in a row disagree on the order", []Op[act]{op(1, 9, write(1)), op(2, 3, read(1)), op(4, 5, read(0))}, Illegal},
		{"register", "a pending write may have taken effect", []Op[act]{pending(1, write(1)), op(5, 6, read(1))}, Ok},
		{"register", "a pending write may never take effect", []Op[act]{pending(1, write(1)), op(5, 6, read(0))}, Ok},
		{"register", "a pending write takes effect once", []Op[act]{pending(1, write(1)), op(2, 3, read(1)), op(4, 5, write(2)), op(6, 7, read(1))}, Illegal},
		{"register", "a pending write cannot take effect before its call", []Op[act]{op(1, 2, read(1)), pending(3, write(1))}, Illegal},
		{"register", "write of the value already there is not an observer", []Op[act]{op(1, 2, write(5)), op(3, 9, write(5)), op(4, 5, write(6)), op(10, 11, read(5))}, Ok},
		{"cas", "two successful cas from one value", []Op[act]{op(1, 5, swap(0, 1)), op(1, 5, swap(0, 2))}, Illegal},
		{"cas", "the second fails", []Op[act]{op(1, 5, swap(0, 1)), op(1, 5, swapNo(0, 2))}, Ok},
		{"counter", "a lost update", []Op[act]{op(1, 4, inc()), op(2, 5, inc()), op(6, 7, count(1))}, Illegal},
		{"counter", "two updates", []Op[act]{op(1, 4, inc()), op(2, 5, inc()), op(6, 7, count(2))}, Ok},
		{"fetch-add", "one ticket given twice", []Op[act]{op(1, 4, fetch(0)), op(2, 5, fetch(0))}, Illegal},
		{"set", "keys are independent", []Op[act]{op(1, 2, put2(0)), op(3, 4, holds(0)), op(5, 6, lacks(1))}, Ok},
		{"set", "one key misses its element", []Op[act]{op(1, 2, put2(0)), op(3, 4, lacks(0)), op(5, 6, lacks(1))}, Illegal},
		{"queue", "overtaken", []Op[act]{op(1, 2, put(1)), op(3, 4, put(2)), op(5, 6, take(2))}, Illegal},
		{"queue", "overlapping puts have no order", []Op[act]{op(1, 4, put(1)), op(3, 5, put(2)), op(6, 7, take(2)), op(8, 9, take(1))}, Ok},
		{"queue", "empty while an element is inside", []Op[act]{op(1, 2, put(1)), op(3, 4, empty()), op(5, 6, take(1))}, Illegal},
		{"queue", "taken twice", []Op[act]{op(1, 2, put(1)), op(3, 8, take(1)), op(3, 8, take(1))}, Illegal},
		{"stack", "the lower element first", []Op[act]{op(1, 2, put(1)), op(3, 4, put(2)), op(5, 6, take(1))}, Illegal},
		{"stack", "the lower element while the upper is being taken", []Op[act]{op(1, 2, put(1)), op(3, 4, put(2)), op(5, 8, take(1)), op(6, 7, take(2))}, Ok},
	} {
		m := byName(c.model)
		for _, hints := range []bool{false, true} {
			if got := Check(m.ours(hints), c.ops, Limits{}); got.Verdict != c.want {
				t.Errorf("%s: %s (hints %v): got %v, want %v", c.model, c.why, hints, got.Verdict, c.want)
			}
		}
	}
}

func byName(name string) oneModel {
	for _, m := range models {
		if m.name == name {
			return m
		}
	}
	panic(name)
}

// TestLimits asks that giving up is said.
func TestLimits(t *testing.T) {
	m := byName("queue")
	var ops []Op[act]
	for i := range 12 {
		ops = append(ops, op(1, 100, put(i)))
	}
	ops = append(ops, op(200, 201, empty()))
	if r := Check(m.ours(false), ops, Limits{Configs: 100}); r.Verdict != Unknown || r.Reason == "" {
		t.Errorf("beyond the bound: %+v", r)
	}
	if r := Check(m.ours(false), ops, Limits{Stop: func() bool { return true }}); r.Verdict != Unknown {
		t.Errorf("stopped: %v", r.Verdict)
	}
}

// TestBytes gives up when the search would hold more than it may.
func TestBytes(t *testing.T) {
	m := byName("stack")
	var ops []Op[act]
	for i := range 7 {
		ops = append(ops, op(1, 100, put(i)))
	}
	ops = append(ops, op(200, 201, empty()))
	if r := Check(m.ours(false), ops, Limits{}); r.Verdict != Illegal || r.Configs < 10_000 {
		t.Fatalf("without a limit: %+v", r)
	}
	if r := Check(m.ours(false), ops, Limits{Bytes: 1 << 18}); r.Verdict != Unknown || r.Reason != "too much memory" {
		t.Errorf("with a limit: %+v", r)
	}
}

// TestForgets has so long a history that its configurations do not fit into the limit if they are all kept. Where nothing is left to try, they
// need not be.
func TestForgets(t *testing.T) {
	const n = 40_000
	ops := counting.history(n, 8, 1)
	room := newWindow(ops, nil, 0).bytes() + 4*3*n + 1<<18
	if r := Check(counting.ours(), ops, Limits{Bytes: room, few: 1000}); r.Verdict != Ok || r.Configs < n/3 {
		t.Errorf("%v (%s) after %d configurations", r.Verdict, r.Reason, r.Configs)
	}
	if r := Check(counting.ours(), ops, Limits{Bytes: room, few: n}); r.Verdict != Unknown {
		t.Errorf("the test shows nothing: without forgetting it is %v too", r.Verdict)
	}
}

// TestHardPart puts a part that takes long before one that is wrong.
func TestHardPart(t *testing.T) {
	m := byName("stack").ours(false)
	m.Partition = func(a act) any { return a.key }
	var ops []Op[act]
	for i := range 25 {
		ops = append(ops, op(1, 100, put(i)))
	}
	wrong := take(7)
	wrong.key = 1
	ops = append(ops, op(200, 201, empty()), op(300, 301, wrong))
	if r := Check(m, ops, Limits{Configs: 100_000}); r.Verdict != Illegal || r.Stuck != 26 {
		t.Errorf("%v (%s), stuck at %d", r.Verdict, r.Reason, r.Stuck)
	}
}

// TestIllegalSaysWhere names the operation that could not return, and the part.
func TestIllegalSaysWhere(t *testing.T) {
	m := byName("set")
	ops := []Op[act]{op(1, 2, put2(1)), op(3, 4, put2(0)), op(5, 6, lacks(0)), op(7, 8, holds(1))}
	r := Check(m.ours(true), ops, Limits{})
	if r.Verdict != Illegal || r.Stuck != 2 || len(r.Part) != 2 || r.Part[0] != 1 || r.Part[1] != 2 {
		t.Errorf("got %+v", r)
	}
}

// TestManyOpen has more operations open than one word of the mask holds, and than the checker takes.
func TestManyOpen(t *testing.T) {
	m := byName("counter")
	for _, c := range []struct {
		n    int
		want Verdict
	}{{64, Ok}, {65, Ok}, {500, Ok}, {600, Unknown}} {
		var ops []Op[act]
		for range c.n {
			ops = append(ops, op(1, 100, inc()))
		}
		ops = append(ops, op(101, 102, count(c.n)))
		if got := Check(m.ours(true), ops, Limits{}); got.Verdict != c.want {
			t.Errorf("%d open: %v (%s), want %v", c.n, got.Verdict, got.Reason, c.want)
		}
	}
}

// TestShortestPrefix cuts behind the first event that cannot be explained.
func TestShortestPrefix(t *testing.T) {
	m := byName("register").ours(true)
	ops := []Op[act]{op(1, 2, write(1)), op(3, 9, write(2)), op(4, 5, read(0)), op(6, 7, read(2)), op(10, 11, read(3))}
	unsure := func(a act) act { a.unsure = true; return a }
	got := ShortestPrefix(m, ops, unsure, Limits{})
	if len(got) != 3 || !got[1].Pending || Check(m, got, Limits{}).Verdict != Illegal {
		t.Errorf("got %v", got)
	}
}

// TestOverlap measures by hand.
func TestOverlap(t *testing.T) {
	s := Overlap([]Op[act]{op(1, 2, inc()), op(3, 9, inc()), op(4, 5, inc()), op(6, 7, inc())})
	if s.MaxOpen != 2 || s.Pairs != 2 || s.AverageOpen != 1.5 {
		t.Errorf("got %+v", s)
	}
}
