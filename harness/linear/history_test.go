package linear

import "math/rand/v2"

// randomHistory makes a history of at most n operations by executing a model at random moments and drawing intervals around them, closed loop for
// each client or free. Most are damaged then, of which about half stay linearizable; some operations are left pending.
func randomHistory(r *rand.Rand, m oneModel, n int) []Op[act] {
	n = 1 + r.IntN(n)
	clients := 1 + r.IntN(5)
	free := r.IntN(2) == 0
	ops := make([]Op[act], 0, n)
	states, last := map[int]string{}, make([]int64, clients)
	for i := range n {
		moment, spread := int64(100*i), int64(1+r.IntN(500))
		o := Op[act]{Client: r.IntN(clients), Input: randomAct(r, m, states), Call: moment - r.Int64N(spread), Return: moment + r.Int64N(spread)}
		if !free {
			o.Call, o.Return = max(o.Call, last[o.Client]+1), max(o.Return, last[o.Client]+2)
			last[o.Client] = o.Return
		}
		ops = append(ops, o)
	}
	damage(r, ops)
	return ops
}

// randomAct executes an operation that does not wait, with its right result.
func randomAct(r *rand.Rand, m oneModel, states map[int]string) act {
	a := act{arg: r.IntN(4), b: r.IntN(4)}
	if m.keyed {
		a.key = r.IntN(3)
	}
	state, ok := states[a.key]
	if !ok {
		state = m.init
	}
	for a.op = m.ops[r.IntN(len(m.ops))]; m.waits != nil && m.waits(state, a); {
		a.op = m.ops[r.IntN(len(m.ops))]
	}
	states[a.key], a.result, a.ok = m.next(state, a)
	return a
}

// damage does up to three harms to a history, and leaves up to two operations without a result.
func damage(r *rand.Rand, ops []Op[act]) {
	for range r.IntN(4) {
		harm(r, ops)
	}
	for range r.IntN(3) {
		o := &ops[r.IntN(len(ops))]
		o.Pending, o.Input.unsure = true, true
	}
}

// harm changes a result or a time.
func harm(r *rand.Rand, ops []Op[act]) {
	a, b := &ops[r.IntN(len(ops))], &ops[r.IntN(len(ops))]
	switch r.IntN(5) {
	case 0:
		a.Input.ok = !a.Input.ok
	case 1:
		a.Input.result = r.IntN(4)
	case 2:
		a.Input.result, b.Input.result = b.Input.result, a.Input.result
	case 3: // a moves to another time
		by := int64(r.IntN(1000) - 500)
		a.Call, a.Return = a.Call+by, a.Return+by
	}
}

// readHistory makes a history from any bytes, four an operation, so that a fuzzer can change one operation at a time.
func readHistory(m oneModel, data []byte, most int) []Op[act] {
	var ops []Op[act]
	for at := int64(0); len(data) >= 4 && len(ops) < most; data = data[4:] {
		at += int64(data[2] & 15)
		a := act{op: m.ops[int(data[0]&7)%len(m.ops)], arg: int(data[1] & 3), b: int(data[1] >> 2 & 3), result: int(data[1] >> 4 & 7), ok: data[0]&0x40 == 0}
		if m.keyed {
			a.key = int(data[0] >> 3 & 3)
		}
		a.unsure = data[0]&0x80 != 0
		ops = append(ops, Op[act]{Input: a, Call: at, Return: at + int64(data[3]&63), Pending: a.unsure})
	}
	return ops
}
