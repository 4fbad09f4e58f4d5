package oncepool

import (
	"sync"
	"testing"
)

// explore:want race
// The first look has no lock, while another builds the table. Deterministic for the race detector.
func TestDoubleCheckedBug(t *testing.T) { buildTable(t, (*lazyTable).get) }

func TestDoubleCheckedFixed(t *testing.T) { buildTable(t, (*lazyTable).getFixed) }

func buildTable(t *testing.T, get func(*lazyTable) []int) {
	var l lazyTable
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if table := get(&l); len(table) != 4 {
				t.Errorf("table %v", table)
			}
		})
	}
	wg.Wait()
}
