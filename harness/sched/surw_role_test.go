package sched_test

import (
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/model"
	. "github.com/concurrency-god-mode/godmode/harness/sched"
)

// oddOne starts many threads that do the same and then one that does a little more, and fails if that is the first.
func oddOne(t *model.T) {
	x := t.NewInt(0)
	for range 50 {
		t.Go("many", func(t *model.T) { x.Add(t, 1) })
	}
	t.Go("one", func(t *model.T) {
		t.Assert(x.Add(t, 100) > 100, "the odd one was first")
		x.Add(t, 1)
	})
}

// TestRoles: the odd one among many is first far more often than one in fifty times, and without roles it is not.
func TestRoles(t *testing.T) {
	first := func(s Strategy) int {
		e := model.New(model.Limits{})
		defer e.Close()
		return e.ExploreAll(oddOne, s, 1, 2000).Failed
	}
	with, without := first(NewSURW()), first(NewUniformSURW())
	t.Logf("first in %d of 2000 with roles, in %d without", with, without)
	if with < 120 || without > 100 {
		t.Errorf("first in %d of 2000 with roles, in %d without", with, without)
	}
}
