package generics

import (
	"sync"
	"testing"
)

type getFunc func(m *memo[int, int], n int, compute func(int) int) int

// explore:want deadlock
// A factorial asks the memo for the one before it while the memo is locked.
// Deterministic.
func TestComputeLockedBug(t *testing.T) { computeFactorials(t, (*memo[int, int]).get) }

func TestComputeLockedFixed(t *testing.T) { computeFactorials(t, (*memo[int, int]).getFixed) }

func computeFactorials(t *testing.T, get getFunc) {
	m := newMemo[int, int]()
	var factorial func(int) int
	factorial = func(n int) int {
		if n <= 1 {
			return 1
		}
		return n * get(m, n-1, factorial)
	}
	var wg sync.WaitGroup
	wg.Go(func() { get(m, 2, factorial) })
	if f := get(m, 3, factorial); f != 6 {
		t.Errorf("factorial of 3 is %d", f)
	}
	wg.Wait()
}
