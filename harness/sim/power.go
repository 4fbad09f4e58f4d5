package sim

import (
	"fmt"
	"time"
)

// This file is what faults do to hosts. Each act is noted in the log.

// machine returns a machine by its name.
func (w *World) machine(name string) *Machine {
	m := w.host(name).machine
	if m == nil {
		panic(fmt.Sprintf("sim: %q is a port, not a machine", name))
	}
	return m
}

// Up reports whether a host is running. A port always is.
func (w *World) Up(name string) bool { return w.host(name).up }

// Crash ends a machine's life at once: its timers and its memory are gone, of its unsynced writes some. If it is in a step, the step is cut.
func (w *World) Crash(name string) { w.machine(name).crash() }

// CrashAtSync ends a machine's life in its next sync, before anything is durable, but after whatever the same step has sent.
func (w *World) CrashAtSync(name string) { w.machine(name).doomed = true }

// Restart boots a machine that has crashed; it takes back a CrashAtSync that has not struck.
func (w *World) Restart(name string) {
	m := w.machine(name)
	m.doomed = false
	if !m.up {
		m.powerOn(0)
	}
}

// Pause stops a host: nothing happens on it until [World.Resume], but its clock runs, as for a process that is not scheduled or collects garbage.
func (w *World) Pause(name string) {
	h := w.host(name)
	if !h.paused {
		h.paused = true
		w.note(name, "fault", "is paused")
	}
}

// Resume ends a pause; what was to happen meanwhile happens now, in order.
func (w *World) Resume(name string) {
	h := w.host(name)
	if !h.paused {
		return
	}
	h.paused = false
	w.note(name, "fault", "goes on")
	first := w.random.Uint64() >> 1
	for i, e := range h.stash {
		w.queue.put(e, w.now, first+uint64(i)) // in their order, as a process finds what has queued up
	}
	h.stash = nil
}

// SetDrift lets a host's clock run so many parts in a million fast from now on.
func (w *World) SetDrift(name string, ppm int) {
	h := w.host(name)
	if h.clock.ppm == ppm {
		return
	}
	h.clock.set(w.now, ppm)
	w.note(name, "fault", "clock runs %+d ppm", ppm)
}

// Drift returns the rate of a host's clock, in parts in a million that it runs fast.
func (w *World) Drift(name string) int { return w.host(name).clock.ppm }

// ShiftWall sets a host's time of day forward, or back.
func (w *World) ShiftWall(name string, d time.Duration) {
	w.host(name).clock.wall += d
	w.note(name, "fault", "time of day is set by %v", d)
}
