package contexts

import (
	"context"
	"testing"
)

// explore:want assertion
// The context is cancelled before the tasks have looked at it.
func TestCancelFirstBug(t *testing.T) { runTasks(t, (*group).wait) }

func TestCancelFirstFixed(t *testing.T) { runTasks(t, (*group).waitFixed) }

func runTasks(t *testing.T, wait func(*group) error) {
	g := newGroup()
	for range 2 {
		g.run(func(ctx context.Context) error { return ctx.Err() })
	}
	if err := wait(g); err != nil {
		t.Errorf("group failed: %v", err)
	}
}
