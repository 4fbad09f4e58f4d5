package embedding

import (
	"sync"
	"testing"
)

// explore:want deadlock
// Two lines come without a flush in between: the function that add calls with its lock held is a method that locks.
func TestMethodValueBug(t *testing.T) { addAndFlush(t, newLineBuffer()) }

func TestMethodValueFixed(t *testing.T) { addAndFlush(t, newFixedLineBuffer()) }

func addAndFlush(t *testing.T, b *lineBuffer) {
	var wg sync.WaitGroup
	wg.Go(func() { b.add("one") })
	b.add("two")
	b.flush()
	wg.Wait()
	b.flush()
	if b.stored != 2 {
		t.Errorf("%d lines stored, want 2", b.stored)
	}
}
