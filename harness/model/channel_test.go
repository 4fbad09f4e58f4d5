package model_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	. "github.com/concurrency-god-mode/godmode/harness/model"
)

// channels are programs with channels that say what they saw, with all that may be seen under some schedule.
var channels = []struct {
	name string
	run  func(t *T) string
	want []string
}{
	{"unbuffered", func(t *T) string {
		c := NewChan[int](t, 0)
		var got [2]int
		both(t, func(t *T) { c.Send(t, 1); c.Send(t, 2) }, func(t *T) { got[0] = c.Receive(t); got[1] = c.Receive(t) })
		return fmt.Sprint(got)
	}, []string{"[1 2]"}},

	{"two senders", func(t *T) string {
		c := NewChan[int](t, 0)
		for i := range 2 {
			t.Go("sender", func(t *T) { c.Send(t, i) })
		}
		return fmt.Sprint(c.Receive(t), c.Receive(t))
	}, []string{"0 1", "1 0"}},

	{"two receivers, one value", func(t *T) string {
		c := NewChan[int](t, 0)
		for range 2 {
			t.Go("receiver", func(t *T) { c.Receive(t) })
		}
		c.Send(t, 1)
		return ""
	}, []string{"deadlock: receiver waits to receive from channel 1"}},

	{"a buffer keeps order and bounds", func(t *T) string {
		c, most := NewChan[int](t, 2), 0
		var got []int
		both(t, func(t *T) {
			for i := range 4 {
				c.Send(t, i)
			}
			c.Close(t)
		}, func(t *T) {
			for {
				most = max(most, c.Len(t))
				v, ok := c.ReceiveOK(t)
				if !ok {
					return
				}
				got = append(got, v)
			}
		})
		return fmt.Sprint(got, most)
	}, []string{"[0 1 2 3] 0", "[0 1 2 3] 1", "[0 1 2 3] 2"}},

	{"close frees all receivers", func(t *T) string {
		c := NewChan[int](t, 0)
		oks := 0
		receive := func(t *T) {
			if _, ok := c.ReceiveOK(t); ok {
				oks++
			}
		}
		a, b := t.Go("a", receive), t.Go("b", receive)
		c.Close(t)
		t.Join(a)
		t.Join(b)
		return fmt.Sprint(oks)
	}, []string{"0"}},

	{"send on closed channel, parked or not", func(t *T) string {
		c := NewChan[int](t, 0)
		t.Go("sender", func(t *T) { c.Send(t, 1) })
		c.Close(t)
		return ""
	}, []string{"panic: send on closed channel"}},

	{"close twice", func(t *T) string { c := NewChan[int](t, 1); c.Close(t); c.Close(t); return "" }, []string{"panic: close of closed channel"}},

	{"a closed buffer is drained", func(t *T) string {
		c := NewChan[int](t, 2)
		c.Send(t, 7)
		c.Close(t)
		a, ok := c.ReceiveOK(t)
		b, no := c.ReceiveOK(t)
		return fmt.Sprint(a, ok, b, no)
	}, []string{"7 true 0 false"}},

	{"nil", func(t *T) string { var c *Chan[int]; c.Send(t, 1); return "" }, []string{"deadlock: main waits to send on a nil channel"}},

	{"a default is taken unless somebody is parked", func(t *T) string {
		c := NewChan[int](t, 0)
		t.Go("receiver", func(t *T) { c.Receive(t) })
		if Select(t, c.SendCase(1), Default()) == 1 {
			return "dropped"
		}
		return "sent"
	}, []string{"deadlock: receiver waits to receive from channel 1", "sent"}},

	{"select among ready ones is a choice", func(t *T) string {
		c, d := NewChan[int](t, 1), NewChan[int](t, 1)
		c.Send(t, 1)
		d.Send(t, 2)
		one := t.Go("", func(t *T) {})
		t.Join(one)
		other := t.Go("", func(t *T) { t.Yield() })
		for range 3 {
			t.Yield()
		}
		t.Join(other)
		var v int
		i := Select(t, c.ReceiveCase(&v, nil), d.ReceiveCase(&v, nil))
		return fmt.Sprint(i, v)
	}, []string{"0 1", "1 2"}},

	{"two selects meet", func(t *T) string {
		c, d := NewChan[int](t, 0), NewChan[int](t, 0)
		var v, i, j int
		both(t, func(t *T) { i = Select(t, c.SendCase(1), d.ReceiveCase(&v, nil)) }, func(t *T) { j = Select(t, c.ReceiveCase(&v, nil), d.SendCase(2)) })
		return fmt.Sprint(i, j, v)
	}, []string{"0 0 1", "1 1 2"}},

	{"a select does not meet itself", func(t *T) string {
		c := NewChan[int](t, 0)
		Select(t, c.SendCase(1), c.ReceiveCase(nil, nil))
		return ""
	}, []string{"deadlock: main waits to select on channel 1"}},

	{"a parked select is completed once", func(t *T) string {
		c, d := NewChan[int](t, 0), NewChan[int](t, 0)
		t.Go("a", func(t *T) { c.Send(t, 1) })
		t.Go("b", func(t *T) { d.Send(t, 2) })
		var v int
		i := Select(t, c.ReceiveCase(&v, nil), d.ReceiveCase(&v, nil))
		return fmt.Sprint(i, v)
	}, []string{"deadlock: a waits to send on channel 1", "deadlock: b waits to send on channel 2"}},

	{"a select with a buffer and without", func(t *T) string {
		c, d, e := NewChan[int](t, 0), NewChan[int](t, 1), (*Chan[int])(nil)
		var v int
		var ok bool
		i := -1
		both(t, func(t *T) { i = Select(t, e.ReceiveCase(nil, nil), c.ReceiveCase(&v, &ok), d.ReceiveCase(&v, &ok)) }, func(t *T) { d.Send(t, 7); d.Close(t) })
		return fmt.Sprint(i, v, ok)
	}, []string{"2 7 true"}},

	{"a select sees a close", func(t *T) string {
		c := NewChan[int](t, 0)
		v, ok := 5, true
		both(t, func(t *T) { Select(t, c.ReceiveCase(&v, &ok)) }, func(t *T) { c.Close(t) })
		return fmt.Sprint(v, ok)
	}, []string{"0 false"}},

	{"a select whose send meets a close panics", func(t *T) string {
		c := NewChan[int](t, 0)
		both(t, func(t *T) { Select(t, c.SendCase(1)) }, func(t *T) { c.Close(t) })
		return ""
	}, []string{"panic: send on closed channel"}},

	{"an empty select", func(t *T) string { Select(t); return "" }, []string{"deadlock: main waits to select on a nil channel"}},
	{"only a default", func(t *T) string { return fmt.Sprint(Select(t, Default())) }, []string{"0"}},
}

func TestChannels(t *testing.T) {
	for _, o := range channels {
		t.Run(strings.ReplaceAll(o.name, " ", "-"), func(t *testing.T) {
			if seen, n := outcomes(t, o.run); !slices.Equal(seen, o.want) {
				t.Errorf("in %d schedules:\n%s\nwant:\n%s", n, strings.Join(seen, "\n"), strings.Join(o.want, "\n"))
			}
		})
	}
}
