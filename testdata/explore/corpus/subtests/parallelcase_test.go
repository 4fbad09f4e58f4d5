package subtests

import (
	"sync"
	"testing"
)

// explore:want assertion
// A parallel subtest goes on when the loop has ended: all of them see the last case. Deterministic.
func TestParallelCaseBug(t *testing.T) { checkCases(t, eachCase) }

func TestParallelCaseFixed(t *testing.T) { checkCases(t, eachCaseFixed) }

func checkCases(t *testing.T, eachCase func(*testing.T, []string, func(*testing.T, string))) {
	var mu sync.Mutex
	checked := map[string]int{}
	cases := []string{"empty", "short", "long"}
	t.Run("cases", func(t *testing.T) {
		eachCase(t, cases, func(_ *testing.T, c string) {
			mu.Lock()
			defer mu.Unlock()
			checked[c]++
		})
	})
	for _, c := range cases {
		if checked[c] != 1 {
			t.Errorf("case %s was checked %d times", c, checked[c])
		}
	}
}
