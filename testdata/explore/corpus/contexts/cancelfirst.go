package contexts

import (
	"context"
	"sync"
)

// A group runs tasks and reports the first error.
type group struct {
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	once   sync.Once
	err    error
}

func newGroup() *group {
	g := new(group)
	g.ctx, g.cancel = context.WithCancel(context.Background())
	return g
}

func (g *group) run(task func(context.Context) error) {
	g.wg.Go(func() {
		if err := task(g.ctx); err != nil {
			g.once.Do(func() {
				g.err = err
				g.cancel()
			})
		}
	})
}

// wait frees the context and returns the first error.
func (g *group) wait() error {
	g.cancel()
	g.wg.Wait()
	return g.err
}

// waitFixed frees the context when no task needs it any more.
func (g *group) waitFixed() error {
	defer g.cancel()
	g.wg.Wait()
	return g.err
}
