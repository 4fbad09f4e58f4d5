package contexts

import (
	"context"
	"errors"
	"sync"
)

var errCorrupt = errors.New("block is corrupt")

// A replicator copies blocks to a channel until one is corrupt.
type replicator struct {
	blocks chan int
}

// copyAll copies two runs of blocks at the same time. The first error stops both.
func (r *replicator) copyAll(ctx context.Context, runs [][]int) error {
	group, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	for _, run := range runs {
		wg.Go(func() {
			if err := r.copy(ctx, run); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	return context.Cause(group)
}

// copyAllFixed copies in the context that the first error ends.
func (r *replicator) copyAllFixed(ctx context.Context, runs [][]int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	for _, run := range runs {
		wg.Go(func() {
			if err := r.copy(ctx, run); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// copy returns without an error if the context ends.
func (r *replicator) copy(ctx context.Context, run []int) error {
	for _, block := range run {
		if block < 0 {
			return errCorrupt
		}
		select {
		case r.blocks <- block:
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}
