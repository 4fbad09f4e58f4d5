package maps

import (
	"sync"
	"testing"
)

// explore:want race
// explore:also assertion
// Both append in the place that the shared array has left.
func TestSliceAliasBug(t *testing.T) { labelTwo(t, (*labels).with) }

func TestSliceAliasFixed(t *testing.T) { labelTwo(t, (*labels).withFixed) }

func labelTwo(t *testing.T, with func(*labels, string) []string) {
	l := newLabels()
	var wg sync.WaitGroup
	for _, label := range []string{"request=1", "request=2"} {
		wg.Go(func() {
			if got := with(l, label); got[1] != label {
				t.Errorf("labels %v, want %s at the end", got, label)
			}
		})
	}
	wg.Wait()
}
