package contexts

import (
	"context"
	"errors"
	"testing"
)

// explore:want deadlock
// The corrupt run fails after the other one took the only place in the channel: that waits in the parent's context, which nobody cancels.
// Deterministic, since the channel takes one block of two.
func TestParentContextBug(t *testing.T) { copyRuns(t, (*replicator).copyAll) }

func TestParentContextFixed(t *testing.T) { copyRuns(t, (*replicator).copyAllFixed) }

func copyRuns(t *testing.T, copyAll func(*replicator, context.Context, [][]int) error) {
	r := &replicator{blocks: make(chan int, 1)}
	if err := copyAll(r, context.Background(), [][]int{{1, 2}, {-1}}); !errors.Is(err, errCorrupt) {
		t.Errorf("error %v, want %v", err, errCorrupt)
	}
}
