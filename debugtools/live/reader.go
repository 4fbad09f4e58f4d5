package live

import (
	"encoding/binary"
	"time"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

// A reader makes one dump of a program.
//
// Goroutines are read in batches: first the descriptors of all goroutines of the batch in one call, then their stacks and what they wait for, then the
// objects, and at last the descriptors again. Those that are the same as before have not run in between.
type reader struct {
	*program
	unwinder
	options Options
	threads map[uint64]registers // of a program that stands still
	now     int64                // on the clock of the runtime
	out     []dump.Goroutine
	left    int // goroutines beyond the limit
	bytes   int64
	labels  map[uint64][]dump.Label
	holders map[uint64][]holder // by entry
	shares  []share
	items   []item
	parts   []part
	slab    []byte // what is left of the memory for small buffers of a batch
	whole   []byte // all of it
}

// registers are those of a thread that matter here.
type registers struct{ pc, sp uint64 }

// batch is how many goroutines are read at once.
const batch = 512

// window is how much of a stack is read with the others. Where more is needed it is read by itself.
const window = 16 << 10

// An item is a goroutine that is being read.
type item struct {
	addr   uint64
	g      []byte
	again  []byte
	stack  part
	sudogs []part
	frames []frame
	trace  *trace
	whole  bool // the stack was unwound
	waits  []wait
}

// newReader prepares to read a program.
func newReader(p *program, o Options, now int64) *reader {
	return &reader{program: p, options: o, now: now, labels: map[uint64][]dump.Label{}, holders: map[uint64][]holder{},
		unwinder: unwinder{symtab: p.symtab, sites: map[instruction]*site{}, traces: map[string]*trace{},
			stacks: map[string]*dump.Stack{}, runtime: o.Runtime}}
}

// all reads all goroutines. It takes time linear in their number and the depth of their stacks.
func (r *reader) all() error {
	pending, err := r.list()
	for try := 0; err == nil && len(pending) > 0; try++ {
		var moved []uint64
		for len(pending) > 0 && err == nil {
			n := min(len(pending), batch)
			moved, err = r.batch(pending[:n], moved, try >= r.options.Retries)
			pending = pending[n:]
		}
		pending = moved
		r.options.Stats.Retried += len(moved)
	}
	return err
}

// list returns the addresses of all goroutines. The runtime only ever appends to the list, but moves it when it grows: so the head is read twice.
func (r *reader) list() ([]uint64, error) {
	for range 10 {
		head := r.space.bytes(r.allgs, 16)
		n := word(head, 8)
		if n == 0 || n > 1<<32 {
			break
		}
		n = min(n, uint64(r.options.Max))
		body := r.space.bytes(word(head, 0), int(8*n))
		again := r.space.bytes(r.allgs, 16)
		if body == nil || word(again, 0) != word(head, 0) {
			continue
		}
		all := make([]uint64, n)
		for i := range all {
			all[i] = binary.LittleEndian.Uint64(body[8*i:])
		}
		r.options.Stats.Goroutines, r.left = len(all), int(word(head, 8)-n)
		r.out = make([]dump.Goroutine, 0, len(all))
		return all, nil
	}
	if r.space.err != nil {
		return nil, r.space.err
	}
	return nil, ErrMoving
}

// batch reads a few goroutines, and adds those that have moved in between to moved: or, if it is the last try, to the dump without a stack.
func (r *reader) batch(addrs, moved []uint64, last bool) ([]uint64, error) {
	r.prepare(addrs)
	err := r.descriptors(func(i *item) *[]byte { return &i.g })
	if err == nil {
		err = r.stacks()
	}
	for i := range r.items {
		r.unwindItem(&r.items[i])
	}
	if err == nil {
		err = r.objects()
	}
	if err == nil {
		err = r.again()
	}
	for i := range r.items {
		it := &r.items[i]
		switch g, keep, same := r.goroutine(it); {
		case !same && !last:
			moved = append(moved, it.addr)
		case keep:
			if g.Flags&dump.NoStack != 0 {
				r.options.Stats.Moving++
			}
			g.Holds = r.holds(it)
			r.out = append(r.out, g)
		}
	}
	return moved, err
}

// again reads the descriptors a second time, unless the program stands still.
func (r *reader) again() error {
	if !r.options.Stop {
		return r.descriptors(func(i *item) *[]byte { return &i.again })
	}
	for i := range r.items {
		copy(r.items[i].again, r.items[i].g)
	}
	return nil
}

// prepare makes an item for each address.
func (r *reader) prepare(addrs []uint64) {
	size := int(r.layout[gSize])
	if r.items == nil {
		r.items = make([]item, 0, batch)
	}
	for len(r.items) < len(addrs) {
		r.items = append(r.items, item{g: make([]byte, size), again: make([]byte, size)})
	}
	r.items = r.items[:len(addrs)]
	for i, a := range addrs {
		it := &r.items[i]
		it.addr, it.stack, it.sudogs, it.frames, it.trace, it.whole = a, part{buf: it.stack.buf}, it.sudogs[:0], it.frames[:0], nil, false
		it.waits = it.waits[:0]
	}
	r.slab = r.whole
}

// small returns a buffer that is good until the next batch.
func (r *reader) small(n int) []byte {
	if len(r.slab) < n {
		r.whole = make([]byte, max(n, 256<<10))
		r.slab = r.whole
	}
	b := r.slab[:n:n]
	r.slab = r.slab[n:]
	clear(b)
	return b
}

// descriptors reads those of all items into one of their buffers.
func (r *reader) descriptors(into func(*item) *[]byte) error {
	r.parts = r.parts[:0]
	for i := range r.items {
		r.parts = append(r.parts, part{addr: r.items[i].addr, buf: *into(&r.items[i])})
	}
	err := r.read(r.parts)
	for i := range r.parts {
		if !r.parts[i].ok {
			clear(r.parts[i].buf)
		}
	}
	return err
}

// read reads parts and counts their bytes.
func (r *reader) read(parts []part) error {
	for i := range parts {
		r.bytes += int64(len(parts[i].buf))
	}
	return r.space.mem.read(parts)
}

// stacks reads the used part of all stacks, and the first thing that each goroutine waits for.
func (r *reader) stacks() error {
	r.parts = r.parts[:0]
	for i := range r.items {
		it := &r.items[i]
		if _, sp, ok := r.start(it); ok {
			n := int(min(r.field(it, gStackHi)-sp, window))
			if cap(it.stack.buf) < n {
				it.stack.buf = make([]byte, n, 2*n)
			}
			it.stack.addr, it.stack.buf = sp, it.stack.buf[:n]
			r.parts = append(r.parts, it.stack)
		}
	}
	err := r.read(r.parts)
	n := 0
	for i := range r.items {
		if it := &r.items[i]; it.stack.addr != 0 {
			it.stack.ok = r.parts[n].ok
			n++
		}
	}
	return err
}

// field returns a field of the descriptor of a goroutine.
func (r *reader) field(it *item, f field) uint64 { return word(it.g, r.layout[f]) }

// status returns the state of a goroutine, and whether the collector is scanning it.
func (r *reader) status(it *item) (s uint32, scan bool) {
	s = half(it.g, r.layout[gStatus])
	return s &^ statusScan, s&statusScan != 0
}

// start returns where the stack of a goroutine begins: where it was parked, where it entered a system call, or where its thread stands. It reports
// false for a
// goroutine that runs, or is none.
func (r *reader) start(it *item) (in instruction, sp uint64, ok bool) {
	status, _ := r.status(it)
	switch status {
	case statusWaiting, statusRunnable, statusPreempted, statusLeaked:
		in.pc, sp = r.field(it, gSchedPC), r.field(it, gSchedSP)
	case statusSyscall:
		in.pc, sp = r.field(it, gSyscallPC), r.field(it, gSyscallSP)
	case statusRunning:
		in, sp = r.interrupted(it)
	}
	return in, sp, r.inside(it, sp)
}

// inside reports whether an address is in the stack of a goroutine.
func (r *reader) inside(it *item, sp uint64) bool {
	return sp != 0 && sp%8 == 0 && r.field(it, gStackLo) <= sp && sp < r.field(it, gStackHi)
}

// interrupted returns where a running goroutine was stopped. If its thread is on another stack, for the scheduler, a signal or a call into the
// kernel's own page,
// that is where it left its own.
func (r *reader) interrupted(it *item) (instruction, uint64) {
	if len(r.threads) == 0 {
		return instruction{}, 0
	}
	m := r.space.bytes(r.field(it, gM), int(max(r.layout[mProcID], r.layout[mVDSOSP], r.layout[mVDSOPC])+8))
	regs, ok := r.threads[word(m, r.layout[mProcID])]
	sched := instruction{pc: r.field(it, gSchedPC)}
	switch vsp := word(m, r.layout[mVDSOSP]); {
	case !ok:
		return instruction{}, 0
	case r.inside(it, regs.sp) && r.find(regs.pc) != nil:
		return instruction{regs.pc, true}, regs.sp
	case r.inside(it, vsp):
		return instruction{pc: word(m, r.layout[mVDSOPC])}, vsp
	case r.at(sched) != nil && r.name(r.at(sched).fn.nameOff()) == "runtime.systemstack_switch":
		return sched, r.field(it, gSchedSP)
	case r.field(it, gSyscallSP) != 0:
		return instruction{pc: r.field(it, gSyscallPC)}, r.field(it, gSyscallSP)
	}
	return instruction{}, 0
}

// unwindItem works out the stack of an item.
func (r *reader) unwindItem(it *item) {
	in, sp, ok := r.start(it)
	if !ok || !it.stack.ok {
		return
	}
	status, _ := r.status(it)
	it.frames, it.whole = r.unwind(in, sp, r.field(it, gStackHi), status == statusSyscall, it.load(r), it.frames)
	if it.whole {
		it.trace = r.traceOf(it.frames, r.creatorOf(it))
	}
}

// creatorOf returns the address of the go statement of a goroutine. The first has none that anybody wants to see.
func (r *reader) creatorOf(it *item) uint64 {
	if r.field(it, gID) == 1 {
		return 0
	}
	return r.field(it, gCreator)
}

// load returns a function that reads a word of a stack: from what was read of it, or else one piece after another.
func (it *item) load(r *reader) func(uint64) (uint64, bool) {
	w := it.stack
	return func(addr uint64) (uint64, bool) {
		if addr < w.addr || addr+8 > w.addr+uint64(len(w.buf)) {
			high := r.field(it, gStackHi)
			if addr+8 > high || addr < it.stack.addr {
				return 0, false
			}
			w = part{addr: addr, buf: r.space.bytes(addr, int(min(high-addr, 16*window)))}
			if w.buf == nil {
				return 0, false
			}
		}
		return binary.LittleEndian.Uint64(w.buf[addr-w.addr:]), true
	}
}

// goroutine makes the result for an item. keep is false for one that does not exist or is not wanted, same for one that has moved while it was read.
func (r *reader) goroutine(it *item) (g dump.Goroutine, keep, same bool) {
	status, scan := r.status(it)
	if status == statusIdle || status == statusDead || status == statusDeadExtra || status > statusDeadExtra {
		return g, false, status <= statusDeadExtra
	}
	same = r.unmoved(it) && r.settled(it)
	g = dump.Goroutine{ID: int64(r.field(it, gID)), Count: 1, State: r.state(it, status), Parent: int64(r.field(it, gParent)), Labels: r.labelsOf(it)}
	r.flag(&g, it, status, scan)
	if g.Flags&dump.System != 0 && !r.options.System {
		return g, false, same
	}
	r.since(&g, it, status)
	if it.whole && same {
		g.Stack, g.Shape, g.Args, g.Waits = it.trace.stack, it.trace.shape, it.trace.values(it.frames, it.load(r)), r.waitsOf(it)
	} else {
		g.Flags |= dump.NoStack
	}
	return g, true, same && (it.whole || status == statusRunning || status == statusCopying)
}

// since works out for how long a goroutine has been blocked.
func (r *reader) since(g *dump.Goroutine, it *item, status uint32) {
	if t := int64(r.field(it, gWaitSince)); t > 0 && t < r.now && (status == statusWaiting || status == statusSyscall || status == statusLeaked) {
		g.Waited = time.Duration(r.now - t)
		g.Minutes = int(g.Waited / time.Minute)
	}
}

// settled reports whether the stack of a goroutine in a system call still leads to the same callers. The runtime does not count system calls.
func (r *reader) settled(it *item) bool {
	if status, _ := r.status(it); status != statusSyscall || r.options.Stop || !it.whole {
		return true
	}
	again := r.space.bytes(it.stack.addr, len(it.stack.buf))
	for _, f := range it.frames {
		at := f.top - 8 - it.stack.addr
		if at+8 > uint64(len(again)) {
			break
		}
		if word(again, int32(at)) != word(it.stack.buf, int32(at)) {
			return false
		}
	}
	return again != nil
}

// unmoved reports whether a goroutine has neither run nor been moved since it was read first: the runtime counts in trackingSeq how often it has
// stopped to run.
func (r *reader) unmoved(it *item) bool {
	for _, f := range []field{gID, gStackLo, gStackHi, gSchedSP, gSchedPC, gSyscallSP, gSyscallPC, gWaiting} {
		if word(it.g, r.layout[f]) != word(it.again, r.layout[f]) {
			return false
		}
	}
	a, b := half(it.g, r.layout[gStatus])&^statusScan, half(it.again, r.layout[gStatus])&^statusScan
	return a == b && single(it.g, r.layout[gTrackingSeq]) == single(it.again, r.layout[gTrackingSeq])
}
