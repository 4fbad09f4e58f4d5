package sched

import (
	"slices"
	"testing"
)

// worth learns from a log over as many objects as it names and threads of the same number, and returns the objects whose order is worth drawing.
func worth(logs ...[]access) []int32 {
	var a accesses
	x := &Exec{Objects: []Object{{1}, {2}, {3}, {4}}}
	for _, log := range logs {
		a.log = log
		a.learn(x, []int32{0, 1, 2})
	}
	var keys []int32
	for _, o := range a.order {
		keys = append(keys, int32(a.objects.keys[o])-1)
	}
	slices.Sort(keys)
	return keys
}

// section is a critical section of a thread: a lock around an access.
func section(thread, lock, object int32, kind Kind) []access {
	return []access{{thread, lock, Lock}, {thread, object, kind}, {thread, lock, Unlock}}
}

// TestGuarded: an object that is always under one lock is left out, and comes back when it is not.
func TestGuarded(t *testing.T) {
	both := slices.Concat(section(0, 0, 1, Write), section(1, 0, 1, Read))
	bare := []access{{1, 1, Read}}
	nested := []access{{0, 2, Lock}, {0, 0, Lock}, {0, 1, Write}, {0, 2, Unlock}, {0, 0, Unlock}, {1, 0, Lock}, {1, 1, Write}, {1, 0, Unlock}}
	for name, c := range map[string]struct {
		logs [][]access
		want []int32
	}{
		"one lock":                  {[][]access{both}, []int32{0}},
		"and once without":          {[][]access{both, bare}, []int32{0, 1}},
		"a lock each":               {[][]access{slices.Concat(section(0, 0, 1, Write), section(1, 2, 1, Write))}, []int32{1}},
		"one of two locks":          {[][]access{nested}, []int32{0}},
		"after the lock":            {[][]access{slices.Concat(both, bare)}, []int32{0, 1}},
		"a lock that waits twice":   {[][]access{{{0, 0, Lock}, {0, 0, Lock}, {0, 1, Write}, {0, 0, Unlock}, {1, 1, Write}}}, []int32{1}},
		"held by readers only":      {[][]access{{{0, 0, RLock}, {0, 1, Write}, {0, 0, Unlock}, {1, 0, RLock}, {1, 1, Write}, {1, 0, Unlock}}}, []int32{0, 1}},
		"a semaphore of two":        {[][]access{{{0, 0, Lock}, {1, 0, Lock}, {0, 1, Write}, {1, 1, Write}, {0, 0, Unlock}, {1, 0, Unlock}}}, []int32{0, 1}},
		"unlocked by somebody else": {[][]access{{{0, 0, Lock}, {1, 0, Unlock}, {0, 1, Write}, {1, 0, Lock}, {1, 1, Write}, {1, 0, Unlock}}}, []int32{0, 1}},
	} {
		if got := worth(c.logs...); !slices.Equal(got, c.want) {
			t.Errorf("%s: worth drawing are %v, want %v", name, got, c.want)
		}
	}
}
