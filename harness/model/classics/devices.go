package classics

import "github.com/concurrency-god-mode/godmode/harness/model"

// devices returns the driver that is stopped while it is used.
func devices() []*Classic {
	return []*Classic{{
		Name: "bluetooth_driver",
		Doc: "A request looks whether the driver is being stopped and then counts itself in; one that is stopped in between works on a device that is gone. " +
			"The twin counts itself in first.",
		Source:  "Qadeer, Wu: KISS: keep it simple and sequential, PLDI 2004; in the suite CS of TOPC 2016",
		Program: bluetooth(false),
		Fixed:   bluetooth(true),
	}}
}

// driver is the state of a driver. The number of users starts at one, for the driver itself.
type driver struct {
	m                         *model.Mutex
	users                     *model.Int
	stopping, unused, stopped *model.Int
}

// change counts users under the lock, and returns how many there are.
func (d *driver) change(t *model.T, by int64) (n int64) {
	holding(t, d.m, func() {
		n = d.users.Load(t) + by
		d.users.Store(t, n)
	})
	return n
}

// leave counts a user out. The last one says so.
func (d *driver) leave(t *model.T) {
	if d.change(t, -1) == 0 {
		d.unused.Store(t, 1)
	}
}

// enter counts a user in, unless the driver is being stopped. It looks before it counts, or after.
func (d *driver) enter(t *model.T, countFirst bool) bool {
	if countFirst {
		d.change(t, 1)
		if d.stopping.Load(t) == 1 {
			d.leave(t)
			return false
		}
		return true
	}
	if d.stopping.Load(t) == 1 {
		return false
	}
	d.change(t, 1)
	return true
}

// stop frees the device if nobody uses it.
func (d *driver) stop(t *model.T) {
	d.stopping.Store(t, 1)
	d.leave(t)
	if d.unused.Load(t) == 1 {
		d.stopped.Store(t, 1)
	}
}

// bluetooth runs one request against a stop.
func bluetooth(countFirst bool) model.Program {
	return func(t *model.T) {
		d := &driver{t.NewMutex(), t.NewInt(1), t.NewInt(0), t.NewInt(0), t.NewInt(0)}
		th := t.Go("request", func(t *model.T) {
			if d.enter(t, countFirst) {
				t.Assert(d.stopped.Load(t) == 0, "a request works on a stopped device")
				d.leave(t)
			}
		})
		d.stop(t)
		t.Join(th)
	}
}
