package properties

import (
	"testing"

	"github.com/concurrency-god-mode/godmode/harness"
)

// none is the argument or result of an operation without one; nothing is what an empty container returns.
var (
	none    = harness.None{}
	nothing = harness.Maybe[int]{}
)

// did is a call of client 0 that ran from start to end; arg and result are as the operation has them.
func did(start, end int64, op string, arg, result any) harness.Call {
	return harness.Call{Op: op, Arg: arg, Result: result, Start: start, End: end}
}

// lost is a call that never returned.
func lost(start int64, op string, arg any) harness.Call {
	return harness.Call{Op: op, Arg: arg, Start: start, Pending: true}
}

// because is a sample with its reason.
func because(why string, calls ...harness.Call) harness.Sample {
	return harness.Sample{Why: why, Calls: calls}
}

func push(start, end int64, v int) harness.Call { return did(start, end, "push", v, none) }
func put(start, end int64, v int) harness.Call  { return did(start, end, "put", v, none) }
func took(start, end int64, op string, v int) harness.Call {
	return did(start, end, op, none, harness.Some(v))
}
func bump(start, end int64, a, b int) harness.Call {
	return did(start, end, "bump", none, Pair{a, b})
}

func TestStack(t *testing.T) {
	harness.TestModel(t, Stack(), []harness.Sample{
		because("the last in is the first out", push(1, 2, 1), push(3, 4, 2), took(5, 6, "pop", 2), took(7, 8, "pop", 1), did(9, 10, "pop", none, nothing)),
		because("pushes that overlap have no order", push(1, 4, 1), push(2, 3, 2), took(5, 6, "pop", 1)),
		because("a pop may take what is being pushed", push(1, 9, 1), took(2, 3, "pop", 1)),
		because("a push that never returned may have happened", lost(1, "push", 1), took(2, 3, "pop", 1)),
		because("a push that never returned may never happen", lost(1, "push", 1), did(2, 3, "pop", none, nothing)),
	}, []harness.Sample{
		because("the lower element comes first", push(1, 2, 1), push(3, 4, 2), took(5, 6, "pop", 1)),
		because("an element is taken twice", push(1, 2, 1), took(3, 6, "pop", 1), took(4, 5, "pop", 1)),
		because("an element is lost", push(1, 2, 1), did(3, 4, "pop", none, nothing)),
		because("an element comes from nowhere", push(1, 2, 1), took(3, 4, "pop", 7)),
		because("an element is taken before it is pushed", took(1, 2, "pop", 1), push(3, 4, 1)),
	})
}

func TestBoundedStack(t *testing.T) {
	in := func(start, end int64, v int, ok bool) harness.Call { return did(start, end, "push", v, ok) }
	harness.TestModel(t, BoundedStack(1), []harness.Sample{
		because("the second finds no room", in(1, 2, 1, true), in(3, 4, 2, false), took(5, 6, "pop", 1), did(7, 8, "pop", none, nothing)),
		because("a pop at the same time makes room", in(1, 2, 1, true), in(3, 6, 2, true), took(4, 5, "pop", 1)),
	}, []harness.Sample{
		because("one more than there is room for", in(1, 2, 1, true), in(3, 4, 2, true)),
		because("full although it is empty", in(1, 2, 1, false)),
		because("what was refused is inside", in(1, 2, 1, true), in(3, 4, 2, false), took(5, 6, "pop", 2)),
	})
}

func TestQueue(t *testing.T) {
	harness.TestModel(t, Queue(), []harness.Sample{
		because("the first in is the first out", put(1, 2, 1), put(3, 4, 2), took(5, 6, "get", 1), took(7, 8, "get", 2), did(9, 10, "get", none, nothing)),
		because("puts that overlap have no order", put(1, 4, 1), put(2, 3, 2), took(5, 6, "get", 2), took(7, 8, "get", 1)),
		because("gets that overlap have no order", put(1, 2, 1), put(3, 4, 2), took(5, 8, "get", 2), took(6, 7, "get", 1)),
		because("a get that never returned may have taken the first", put(1, 2, 1), put(3, 4, 2), lost(5, "get", none), took(6, 7, "get", 2)),
	}, []harness.Sample{
		because("the second overtakes the first", put(1, 2, 1), put(3, 4, 2), took(5, 6, "get", 2)),
		because("an element is taken twice", put(1, 2, 1), took(3, 6, "get", 1), took(4, 5, "get", 1)),
		because("empty while an element is inside", put(1, 2, 1), did(3, 4, "get", none, nothing), took(5, 6, "get", 1)),
		because("negative numbers are elements like others", put(1, 2, -1), put(3, 4, -2), took(5, 6, "get", -2)),
	})
}

func TestBoundedQueue(t *testing.T) {
	in := func(start, end int64, v int, ok bool) harness.Call { return did(start, end, "put", v, ok) }
	size := func(start, end int64, n int) harness.Call { return did(start, end, "len", none, n) }
	harness.TestModel(t, BoundedQueue(2), []harness.Sample{
		because("the third finds no room", in(1, 2, 1, true), in(3, 4, 2, true), in(5, 6, 3, false), size(7, 8, 2), took(9, 10, "get", 1)),
		because("a get at the same time makes room", in(1, 2, 1, true), in(3, 4, 2, true), in(5, 8, 3, true), took(6, 7, "get", 1)),
		because("the length while a put runs is either", in(1, 4, 1, true), size(2, 3, 0), did(5, 6, "len", none, 1)),
		because("an empty queue has nothing", size(1, 2, 0), did(3, 4, "get", none, nothing)),
	}, []harness.Sample{
		because("one more than there is room for", in(1, 2, 1, true), in(3, 4, 2, true), in(5, 6, 3, true)),
		because("full with room for one", in(1, 2, 1, true), in(3, 4, 2, false)),
		because("the second overtakes the first", in(1, 2, 1, true), in(3, 4, 2, true), took(5, 6, "get", 2)),
		because("a length that never was", in(1, 2, 1, true), size(3, 4, 0)),
	})
}

func TestCounter(t *testing.T) {
	plus := func(start, end int64, d int) harness.Call { return did(start, end, "add", d, none) }
	total := func(start, end int64, n int) harness.Call { return did(start, end, "sum", none, n) }
	harness.TestModel(t, Counter(), []harness.Sample{
		because("the total of what was added", plus(1, 2, 3), plus(3, 4, -1), total(5, 6, 2)),
		because("an addition at the same time counts or not", plus(1, 4, 3), total(2, 3, 0), total(5, 6, 3)),
		because("an addition that never returned may count late", lost(1, "add", 1), total(2, 3, 0), total(4, 5, 1)),
	}, []harness.Sample{
		because("an update is lost", plus(1, 4, 1), plus(2, 3, 1), total(5, 6, 1)),
		because("the total falls although nothing is subtracted", plus(1, 9, 1), total(2, 3, 1), total(4, 5, 0)),
		because("two sums see two additions in different orders", plus(1, 9, 1), plus(1, 9, 2), total(2, 5, 1), total(6, 7, 2)),
	})
}

func TestRegister(t *testing.T) {
	write := func(start, end int64, v int) harness.Call { return did(start, end, "write", v, none) }
	read := func(start, end int64, v int) harness.Call { return did(start, end, "read", none, v) }
	harness.TestModel(t, Register(), []harness.Sample{
		because("the last value written", read(1, 2, 0), write(3, 4, 1), read(5, 6, 1)),
		because("a read beside a write sees either", write(1, 4, 1), read(2, 5, 0), read(2, 5, 1)),
		because("intervals that share a moment overlap", write(1, 3, 1), read(3, 5, 0)),
	}, []harness.Sample{
		because("the old value after the write returned", write(1, 2, 1), read(3, 4, 0)),
		because("first the new value, then the old", write(1, 9, 1), read(2, 3, 1), read(4, 5, 0)),
		because("two readers see two writes in different orders", write(1, 9, 1), write(1, 9, 2), read(2, 3, 1), read(4, 5, 2), read(6, 7, 1)),
	})
}

func TestGuardedPair(t *testing.T) {
	harness.TestModel(t, GuardedPair(), []harness.Sample{
		because("one after the other", bump(1, 2, 0, 0), bump(3, 4, 1, 1)),
		because("bumps that overlap have no order", bump(1, 4, 1, 1), bump(2, 3, 0, 0)),
	}, []harness.Sample{
		because("two are inside at once", bump(1, 4, 0, 0), bump(2, 3, 0, 0)),
		because("one sees the other halfway", bump(1, 4, 0, 0), bump(2, 3, 1, 0)),
	})
}

func TestSet(t *testing.T) {
	call := func(start, end int64, op string, v int, was bool) harness.Call { return did(start, end, op, v, was) }
	harness.TestModel(t, Set(), []harness.Sample{
		because("an element is inside from add to remove", call(1, 2, "contains", 1, false), call(3, 4, "add", 1, true), call(5, 6, "contains", 1, true),
			call(7, 8, "remove", 1, true), call(9, 10, "contains", 1, false)),
		because("of two adds one changes the set", call(1, 4, "add", 1, false), call(2, 3, "add", 1, true)),
		because("elements are independent", call(1, 2, "add", 1, true), call(3, 4, "add", 2, true), call(5, 6, "remove", 3, false)),
	}, []harness.Sample{
		because("both adds claim to have changed the set", call(1, 4, "add", 1, true), call(2, 3, "add", 1, true)),
		because("an element is lost", call(1, 2, "add", 1, true), call(3, 4, "contains", 1, false)),
		because("both removes claim to have changed the set", call(1, 2, "add", 1, true), call(3, 6, "remove", 1, true), call(4, 5, "remove", 1, true)),
		because("one bad element among good ones", call(1, 2, "add", 1, true), call(3, 4, "add", 2, true), call(5, 6, "contains", 1, true), call(7, 8, "contains", 2, false)),
	})
}

func TestLooseCounter(t *testing.T) {
	plus := func(start, end int64, d int) harness.Call { return did(start, end, "add", d, none) }
	exact := func(start, end int64, n int) harness.Call { return did(start, end, "exact", none, n) }
	harness.TestModel(t, LooseCounter(), []harness.Sample{
		because("the sum is judged elsewhere", plus(1, 2, 1), exact(3, 4, 1), did(5, 6, "sum", none, 77)),
		because("an addition at the same time counts or not", plus(1, 4, 1), exact(2, 3, 0), exact(5, 6, 1)),
	}, []harness.Sample{
		because("the exact total misses an addition", plus(1, 2, 1), exact(3, 4, 0)),
	})
}

func TestSumInterval(t *testing.T) {
	harness.TestProperty(t, SumInterval, []harness.Sample{
		because("between what was complete and what had begun", add(1, 1, 2), add(2, 3, 9), sum(1, 4, 5), sum(3, 6, 7)),
	}, []harness.Sample{
		because("less than what was complete", add(1, 1, 2), sum(0, 3, 4)),
		because("more than what had begun", sum(1, 1, 2), add(1, 3, 4)),
	})
}

func TestSumMonotone(t *testing.T) {
	harness.TestProperty(t, SumMonotone, []harness.Sample{
		because("sums that overlap have no order", add(1, 1, 9), sum(1, 2, 5), sum(0, 3, 4)),
		because("something negative is added", add(-1, 1, 2), sum(0, 3, 4), sum(-1, 5, 6)),
	}, []harness.Sample{
		because("the later is smaller", add(1, 1, 9), sum(1, 2, 3), sum(0, 4, 5)),
	})
}
