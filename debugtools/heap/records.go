package heap

// small reads the records that are neither objects nor memory of globals.
func (p *reader) small(tag uint64) {
	switch tag {
	case tagOtherRoot:
		p.d.others = append(p.d.others, otherRoot{p.name(), p.uint()})
		p.pay(40)
	case tagType:
		p.skip(2)
		p.text()
		p.skip(1)
	case tagGoroutine:
		p.goroutine()
	case tagFrame:
		p.stackFrame()
	case tagFinalizer, tagQueued:
		p.finalizer(tag == tagQueued)
	case tagItab:
		p.skip(2)
	case tagThread:
		p.d.threads = append(p.d.threads, slot{0, p.uint()})
		p.skip(2)
		p.pay(16)
	case tagDefer:
		p.deferred()
	case tagPanic:
		p.panicked()
	case tagProfile:
		p.site()
	case tagSample:
		p.sample()
	default:
		p.corrupt("a record of kind %d", tag)
	}
}

// skip passes over numbers.
func (p *reader) skip(n int) {
	for range n {
		p.uint()
	}
}

// name reads a text that is kept; equal ones are stored once.
func (p *reader) name() string {
	b := p.text()
	if s, ok := p.names[string(b)]; ok {
		return s
	}
	s := string(b)
	p.names[s] = s
	p.pay(int64(len(s)) + 64)
	return s
}

// states names the statuses of goroutines that do not wait.
var states = map[uint64]string{1: "runnable", 2: "running", 3: "syscall"}

// goroutine reads the head of a goroutine; its frames follow.
func (p *reader) goroutine() {
	g := Goroutine{g: p.uint()}
	p.skip(1) // stack pointer
	g.ID = int64(p.uint())
	p.skip(1) // where it was started: an address, and dumps have no table of them
	status := p.uint()
	g.System = p.uint() != 0
	p.skip(2) // background, and since when it waits
	g.State = p.name()
	if s, ok := states[status]; ok {
		g.State = s
	}
	g.slots = append(g.slots, slot{^uint64(0), g.g}, slot{^uint64(0), p.uint()}) // itself, the context of its closure
	p.skip(1)                                                                    // the thread
	g.slots = append(g.slots, slot{^uint64(0), p.uint()}, slot{^uint64(0), p.uint()})
	p.d.Goroutines = append(p.d.Goroutines, g)
	p.pay(250)
}

// last returns the goroutine that is being read.
func (p *reader) last() *Goroutine {
	if len(p.d.Goroutines) == 0 {
		p.corrupt("a part of a goroutine in front of all goroutines")
		return &Goroutine{}
	}
	return &p.d.Goroutines[len(p.d.Goroutines)-1]
}

// stackFrame reads a frame: which of its words are pointers for certain, and which could be. Variables whose address was taken are among
// the second: the dump has their contents and does not say which words of them are pointers.
func (p *reader) stackFrame() {
	g := p.last()
	p.skip(3) // its lowest address, its depth, that of the frame it has called
	size := p.memory()
	p.skip(3) // entry, and where it is and goes on
	f := Frame{Func: p.name(), Size: size}
	if !p.fields(size) || p.err != nil {
		return
	}
	n := uint64(len(g.Frames))
	g.Frames = append(g.Frames, f)
	clear(p.known)
	for _, off := range p.offsets {
		p.known[off] = true
		g.slots = p.keep(g.slots, n, size, off)
	}
	for off := uint64(0); off+uint64(p.d.PointerSize) <= size; off += uint64(p.d.PointerSize) {
		if !p.known[off] {
			g.maybe = p.keep(g.maybe, n, size, off)
		}
	}
	p.release()
	p.pay(24)
}

// keep appends the pointer at an offset of the marked memory if it points into the heap.
func (p *reader) keep(list []slot, where, size, off uint64) []slot {
	to := p.d.pointer(p.contents(size)[off:])
	if to < p.d.start || to >= p.d.end {
		return list
	}
	p.pay(16)
	return append(list, slot{where, to})
}

// deferred reads a deferred call: its record and its function belong to the goroutine.
func (p *reader) deferred() {
	at := p.uint()
	p.skip(3)
	fn := p.uint()
	p.skip(2)
	g := p.last()
	g.slots = append(g.slots, slot{^uint64(0), at}, slot{^uint64(0), fn})
	p.pay(32)
}

// panicked reads a panic in progress: its value belongs to the goroutine.
func (p *reader) panicked() {
	p.skip(3)
	value := p.uint()
	p.skip(2)
	g := p.last()
	g.slots = append(g.slots, slot{^uint64(0), value})
	p.pay(16)
}

// finalizer reads a function that waits for an object to die, or that is due.
func (p *reader) finalizer(queued bool) {
	f := finalizer{object: p.uint(), fn: p.uint(), queued: queued}
	p.skip(3)
	p.d.finalizers = append(p.d.finalizers, f)
	p.pay(24)
}

// segment reads the memory of global variables.
func (p *reader) segment(tag uint64) {
	s := segment{name: "data", addr: p.uint()}
	if tag == tagBSS {
		s.name = "bss"
	}
	s.size = p.memory()
	if !p.fields(s.size) {
		return
	}
	for _, off := range p.offsets {
		n := len(s.slots)
		if s.slots = p.keep(s.slots, 0, s.size, off); len(s.slots) > n {
			s.slots[n].where = s.addr + off
			continue
		}
		if to := p.d.pointer(p.contents(s.size)[off:]); to != 0 {
			p.d.links = append(p.d.links, slot{s.addr + off, to})
			p.pay(16)
		}
	}
	p.release()
	p.d.segments = append(p.d.segments, s)
}

// stats reads what runtime.MemStats said: of its 24 numbers, two.
func (p *reader) stats() {
	p.skip(6)
	alloc := p.uint()
	p.skip(4)
	objects := p.uint()
	p.skip(12 + 256 + 1)
	if p.err == nil {
		p.d.HeapAlloc, p.d.HeapObjects = alloc, objects
	}
}

// site reads an allocation site.
func (p *reader) site() {
	bucket := p.uint()
	s := Site{Size: p.uint()}
	n := p.uint()
	if n > 1<<16 {
		p.corrupt("a stack of %d calls", n)
	}
	for i := uint64(0); i < n && p.err == nil; i++ {
		s.Calls = append(s.Calls, Call{p.name(), p.name(), int(p.uint())})
		p.pay(40)
	}
	s.Allocs, s.Frees = p.uint(), p.uint()
	if p.err != nil {
		return
	}
	p.sites[bucket] = uint32(len(p.d.Sites))
	p.d.Sites = append(p.d.Sites, s)
	p.pay(100)
}

// sample reads that an object was allocated at a site.
func (p *reader) sample() {
	at := p.uint()
	site, ok := p.sites[p.uint()]
	if p.err == nil && ok {
		p.sampled = append(p.sampled, slot{uint64(site), at})
		p.pay(16)
	}
}
