package sim

import (
	"slices"

	"github.com/concurrency-god-mode/godmode/harness/choice"
)

// A Disk holds values by key. A write is seen at once by the machine that made it, and survives a crash for sure only after [Disk.Sync].
//
// In a crash, each key keeps the last synced value or one written since: writes of one key survive in order, writes of different
// keys in any combination, as files of a file system do (Pillai et al., All File Systems Are Not Created Equal, OSDI 2014, section 2).
type Disk struct {
	machine *Machine
	synced  map[string]any
	fresh   []write // since the last sync, in order
}

// write is one value put, or deleted.
type write struct {
	key   string
	value any
	gone  bool
}

// Put writes a value, which is copied and may hold what a message may.
func (d *Disk) Put(key string, value any) {
	d.machine.world.tick()
	d.fresh = append(d.fresh, write{key: key, value: clone(value)})
}

// Delete removes a key.
func (d *Disk) Delete(key string) {
	d.machine.world.tick()
	d.fresh = append(d.fresh, write{key: key, gone: true})
}

// Get returns a copy of the last value written, and whether there is one.
func (d *Disk) Get(key string) (any, bool) {
	d.machine.world.tick()
	for _, w := range slices.Backward(d.fresh) {
		if w.key == key {
			return clone(w.value), !w.gone
		}
	}
	v, ok := d.synced[key]
	return clone(v), ok
}

// Load returns the value of a key as a T, or the zero value if there is none.
func Load[T any](d *Disk, key string) T {
	var zero T
	v, ok := d.Get(key)
	if !ok {
		return zero
	}
	return v.(T)
}

// Keys returns all keys in order.
func (d *Disk) Keys() []string {
	set := map[string]bool{}
	for k := range d.synced {
		set[k] = true
	}
	for _, w := range d.fresh {
		set[w.key] = !w.gone
	}
	var list []string
	for k, ok := range set {
		if ok {
			list = append(list, k)
		}
	}
	slices.Sort(list)
	return list
}

// Sync makes all writes durable. A machine may crash in it, before anything is durable.
func (d *Disk) Sync() {
	m := d.machine
	m.world.tick()
	if m.doomed {
		m.crash()
	}
	for _, w := range d.fresh {
		d.apply(w)
	}
	d.fresh = d.fresh[:0]
}

func (d *Disk) apply(w write) {
	if w.gone {
		delete(d.synced, w.key)
		return
	}
	if d.synced == nil {
		d.synced = map[string]any{}
	}
	d.synced[w.key] = w.value
}

// crash decides what survives: of the unsynced writes of each key, some number of the first.
func (d *Disk) crash(random *choice.Stream) (kept, lost int) {
	stopped := map[string]bool{}
	for _, w := range d.fresh {
		if !stopped[w.key] && random.Intn(2) == 0 {
			stopped[w.key] = true
		}
		if stopped[w.key] {
			lost++
			continue
		}
		kept++
		d.apply(w)
	}
	d.fresh = d.fresh[:0]
	return kept, lost
}
