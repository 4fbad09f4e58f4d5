package sim

import "time"

// A Handler is the program of a machine: a step function. It keeps its state in its fields, and acts through the machine that it was booted on. A
// step must not block.
type Handler interface {
	// Receive is told of a message.
	Receive(from string, msg any)
	// Timer is told that a timer rang. The timer is no longer set.
	Timer(name string)
}

// A Boot starts the program of a machine. It is called at the beginning and after each restart, and finds nothing of earlier lives but the disk.
type Boot func(*Machine) Handler

// A Machine is a node of the world. Its methods may be called by its own handler, in a step, only.
type Machine struct {
	*host
	boot    Boot
	handler Handler
	timers  map[string]*event
	disk    Disk
	life    int  // boots so far
	doomed  bool // crashes at its next sync
}

// Machine adds a machine, which boots when the world starts to run.
func (w *World) Machine(name string, boot Boot) *Machine {
	m := &Machine{host: w.add(name), boot: boot, timers: map[string]*event{}}
	m.host.machine = m
	m.disk.machine = m
	m.powerOn(0)
	return m
}

// powerOn lets the machine boot soon.
func (m *Machine) powerOn(d time.Duration) {
	w := m.world
	m.life++
	e := w.queue.get()
	e.kind, e.host, e.turn = boots, m.host, m.life
	w.queue.put(e, w.now+d, w.random.Uint64())
}

// start boots the machine.
func (m *Machine) start(e *event) {
	if m.up || e.turn != m.life {
		return
	}
	m.up = true
	m.clock.restart(m.world.now, m.world.origin())
	m.world.note(m.name, bootKind(m.life), "boots")
	m.handler = m.boot(m)
}

// bootKind is what a boot counts as in the log: the first is nothing special.
func bootKind(life int) string {
	if life > 1 {
		return "fault"
	}
	return ""
}

// ring tells the handler of a timer.
func (m *Machine) ring(e *event) {
	delete(m.timers, e.name)
	m.world.note(m.name, "", "timer %s", e.name)
	m.handler.Timer(e.name)
}

// After sets the named timer, in place of one of that name, to ring when d has passed by the machine's own clock.
func (m *Machine) After(d time.Duration, name string) {
	m.world.tick()
	m.Cancel(name)
	w := m.world
	e := w.queue.get()
	e.kind, e.host, e.name = rings, m.host, name
	w.queueBy(e, m.host, d)
	m.timers[name] = e
}

// queueBy puts an event at which d has passed by the clock of the host.
func (w *World) queueBy(e *event, h *host, d time.Duration) {
	d = max(d, 0)
	e.due = h.clock.read(w.now) + d
	span := h.clock.span(d)
	if d >= Forever-e.due || span >= Forever-w.now {
		e.dead = true
		return
	}
	w.queue.put(e, w.now+span, w.random.Uint64())
}

// Cancel takes back the named timer, if it is set.
func (m *Machine) Cancel(name string) {
	if e := m.timers[name]; e != nil {
		e.dead = true
		delete(m.timers, name)
	}
}

// Disk returns the machine's disk.
func (m *Machine) Disk() *Disk { return &m.disk }

// powerLoss cuts the running step of a machine that crashes.
type powerLoss struct{}

// crash ends the machine's life: timers, handler and what was not synced are gone.
func (m *Machine) crash() {
	if !m.up {
		return
	}
	m.up, m.doomed, m.handler = false, false, nil
	for _, e := range m.timers {
		e.dead = true
	}
	clear(m.timers)
	kept, lost := m.disk.crash(m.world.random)
	m.world.note(m.name, "fault", "crashes; of its unsynced writes %d are kept and %d lost", kept, lost)
	if m.world.running == m.host {
		panic(powerLoss{})
	}
}
