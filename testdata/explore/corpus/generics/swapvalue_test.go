package generics

import (
	"slices"
	"sync"
	"testing"
)

// explore:want assertion
// Both updates begin with the same list, and the second one to store replaces what the first has added.
func TestSwapValueBug(t *testing.T) { appendBoth(t, (*box[[]string]).update) }

func TestSwapValueFixed(t *testing.T) { appendBoth(t, (*box[[]string]).updateFixed) }

func appendBoth(t *testing.T, update func(*box[[]string], func([]string) []string)) {
	b := newBox([]string(nil))
	var wg sync.WaitGroup
	for _, name := range []string{"ann", "bob"} {
		wg.Go(func() {
			update(b, func(names []string) []string { return append(slices.Clip(names), name) })
		})
	}
	wg.Wait()
	if names := b.get(); len(names) != 2 {
		t.Errorf("names %v, want two", names)
	}
}
