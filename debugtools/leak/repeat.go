package leak

import (
	"time"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

// Repeat calls a function n times, with the defaults. See Config.Repeat.
func Repeat(n int, f func()) ([]Leak, error) { return Config{}.Repeat(n, f) }

// Repeat calls a function n times, and returns the goroutines that were not there before and are left, whoever has started them, as Survivors sees
// them. It finds what Check cannot: a helper that is started once is not accused, and a goroutine that a global variable can reach is, if each call leaves one. Nothing
// else that starts goroutines should run meanwhile.
//
// It dumps all goroutines after each call; what is left costs a tenth of the patience each time, and all of it at the end. An error means that a dump could not be read.
func (c Config) Repeat(n int, f func()) ([]Leak, error) {
	d, err := snapshot()
	if err != nil {
		return nil, err
	}
	dumps, seen := []*dump.Dump{d}, ids(d)
	for i := range n {
		f()
		patience := c.patience() / 10
		if i == n-1 {
			patience = c.patience()
		}
		if d, err = c.rest(patience, seen); err != nil {
			return nil, err
		}
		dumps = append(dumps, d)
	}
	return Survivors(dumps, c.Ignore), nil
}

// rest waits until no new goroutine is about to end, notes those that are there, and returns the last dump.
func (c Config) rest(patience time.Duration, seen map[int64]bool) (*dump.Dump, error) {
	var last *dump.Dump
	_, err := settle(patience, func() ([]*dump.Goroutine, error) {
		d, err := snapshot()
		if err != nil {
			return nil, err
		}
		last = d
		var left []*dump.Goroutine
		for i := range d.Goroutines {
			if g := &d.Goroutines[i]; !seen[g.ID] && !tool(g) && reason(g, c.Ignore) == "" {
				left = append(left, g)
			}
		}
		return left, nil
	})
	if err != nil {
		return nil, err
	}
	for id := range ids(last) {
		seen[id] = true
	}
	return last, nil
}
