package sched_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/model"
	. "github.com/concurrency-god-mode/godmode/harness/sched"
	"pgregory.net/rapid"
)

// A script is a program as data: the operations of each thread, as numbers of the table.
type script [][]int

// A stage is what a script runs on.
type stage struct {
	words    [2]*model.Int
	lock     [2]*model.Mutex
	rw       *model.RWMutex
	buffered *model.Chan[int64]
	plain    [2]*model.Chan[int64]
	cond     *model.Cond
	group    *model.WaitGroup
	sem      *model.Semaphore
	once     *model.Once
}

func (s *stage) build(t *model.T) {
	for i := range 2 {
		s.words[i], s.lock[i], s.plain[i] = t.NewInt(0), t.NewMutex(), model.NewChan[int64](t, 0)
	}
	s.rw, s.buffered = t.NewRWMutex(), model.NewChan[int64](t, 1)
	s.cond, s.group, s.sem, s.once = t.NewCond(s.lock[0]), t.NewWaitGroup(), t.NewSemaphore(1), t.NewOnce()
}

// An act is an operation, or a few that belong together. It returns what it has seen.
type act struct {
	name string
	do   func(s *stage, t *model.T, v int64) int64
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// acts are the operations of scripts.
var acts = []act{
	{"load x", func(s *stage, t *model.T, v int64) int64 { return s.words[0].Load(t) }},
	{"store x", func(s *stage, t *model.T, v int64) int64 { s.words[0].Store(t, v); return 0 }},
	{"add x", func(s *stage, t *model.T, v int64) int64 { return s.words[0].Add(t, v) }},
	{"load y", func(s *stage, t *model.T, v int64) int64 { return s.words[1].Load(t) }},
	{"store y", func(s *stage, t *model.T, v int64) int64 { s.words[1].Store(t, v); return 0 }},
	{"cas y", func(s *stage, t *model.T, v int64) int64 { return truth(s.words[1].CompareAndSwap(t, 0, v)) }},
	{"lock a", func(s *stage, t *model.T, v int64) int64 { s.lock[0].Lock(t); return 0 }},
	{"unlock a", func(s *stage, t *model.T, v int64) int64 { s.lock[0].Unlock(t); return 0 }},
	{"lock b", func(s *stage, t *model.T, v int64) int64 { s.lock[1].Lock(t); return 0 }},
	{"unlock b", func(s *stage, t *model.T, v int64) int64 { s.lock[1].Unlock(t); return 0 }},
	{"trylock b", func(s *stage, t *model.T, v int64) int64 { return truth(s.lock[1].TryLock(t)) }},
	{"rlock", func(s *stage, t *model.T, v int64) int64 { s.rw.RLock(t); return 0 }},
	{"runlock", func(s *stage, t *model.T, v int64) int64 { s.rw.RUnlock(t); return 0 }},
	{"wlock", func(s *stage, t *model.T, v int64) int64 { s.rw.Lock(t); return 0 }},
	{"wunlock", func(s *stage, t *model.T, v int64) int64 { s.rw.Unlock(t); return 0 }},
	{"section", func(s *stage, t *model.T, v int64) int64 {
		s.lock[1].Lock(t)
		r := s.words[0].Load(t)
		s.words[0].Store(t, r*3+v)
		s.lock[1].Unlock(t)
		return r
	}},
	{"reader", func(s *stage, t *model.T, v int64) int64 {
		s.rw.RLock(t)
		defer s.rw.RUnlock(t)
		return s.words[1].Load(t)
	}},
	{"writer", func(s *stage, t *model.T, v int64) int64 {
		s.rw.Lock(t)
		s.words[1].Store(t, v)
		s.rw.Unlock(t)
		return 0
	}},
	{"a then b", func(s *stage, t *model.T, v int64) int64 {
		s.lock[0].Lock(t)
		s.lock[1].Lock(t)
		r := s.words[1].Load(t)
		s.lock[1].Unlock(t)
		s.lock[0].Unlock(t)
		return r
	}},
	{"b then a", func(s *stage, t *model.T, v int64) int64 {
		s.lock[1].Lock(t)
		s.lock[0].Lock(t)
		s.words[1].Store(t, v)
		s.lock[0].Unlock(t)
		s.lock[1].Unlock(t)
		return v
	}},
	{"try section", func(s *stage, t *model.T, v int64) int64 {
		if !s.lock[1].TryLock(t) {
			return 0
		}
		r := s.words[0].Add(t, v)
		s.lock[1].Unlock(t)
		return r
	}},
	{"try reader", func(s *stage, t *model.T, v int64) int64 {
		if !s.rw.TryRLock(t) {
			return -1
		}
		r := s.words[1].Load(t)
		s.rw.RUnlock(t)
		return r
	}},
	{"recursive reader", func(s *stage, t *model.T, v int64) int64 {
		s.rw.RLock(t)
		s.rw.RLock(t)
		r := s.words[1].Load(t)
		s.rw.RUnlock(t)
		s.rw.RUnlock(t)
		return r
	}},
	{"permit", func(s *stage, t *model.T, v int64) int64 {
		s.sem.Acquire(t)
		r := s.words[0].Add(t, v)
		s.sem.Release(t)
		return r
	}},
	{"send buffered", func(s *stage, t *model.T, v int64) int64 { s.buffered.Send(t, v); return 0 }},
	{"receive buffered", func(s *stage, t *model.T, v int64) int64 { return s.buffered.Receive(t) }},
	{"send p", func(s *stage, t *model.T, v int64) int64 { s.plain[0].Send(t, v); return 0 }},
	{"receive p", func(s *stage, t *model.T, v int64) int64 { return s.plain[0].Receive(t) }},
	{"send q", func(s *stage, t *model.T, v int64) int64 { s.plain[1].Send(t, v); return 0 }},
	{"close q", func(s *stage, t *model.T, v int64) int64 { s.plain[1].Close(t); return 0 }},
	{"len", func(s *stage, t *model.T, v int64) int64 { return int64(s.buffered.Len(t)) }},
	{"select receive", func(s *stage, t *model.T, v int64) int64 {
		var r int64
		i := model.Select(t, s.buffered.ReceiveCase(&r, nil), s.plain[1].ReceiveCase(&r, nil))
		return int64(i)*100 + r
	}},
	{"select mixed", func(s *stage, t *model.T, v int64) int64 {
		var r int64
		i := model.Select(t, s.plain[0].ReceiveCase(&r, nil), s.buffered.SendCase(v))
		return int64(i)*100 + r
	}},
	{"select same", func(s *stage, t *model.T, v int64) int64 {
		var r int64
		i := model.Select(t, s.buffered.ReceiveCase(&r, nil), s.buffered.ReceiveCase(nil, nil), s.plain[0].SendCase(v))
		return int64(i)*100 + r
	}},
	{"choose", func(s *stage, t *model.T, v int64) int64 { return int64(t.Choose(2)) }},
	{"select default", func(s *stage, t *model.T, v int64) int64 {
		var r int64
		i := model.Select(t, s.plain[0].ReceiveCase(&r, nil), s.plain[1].SendCase(v), model.Default())
		return int64(i)*100 + r
	}},
	{"cond wait", func(s *stage, t *model.T, v int64) int64 {
		s.lock[0].Lock(t)
		s.cond.Wait(t)
		s.lock[0].Unlock(t)
		return 0
	}},
	{"signal", func(s *stage, t *model.T, v int64) int64 { s.cond.Signal(t); return 0 }},
	{"broadcast", func(s *stage, t *model.T, v int64) int64 { s.cond.Broadcast(t); return 0 }},
	{"group add", func(s *stage, t *model.T, v int64) int64 { s.group.Add(t, 1); return 0 }},
	{"group done", func(s *stage, t *model.T, v int64) int64 { s.group.Done(t); return 0 }},
	{"group wait", func(s *stage, t *model.T, v int64) int64 { s.group.Wait(t); return 0 }},
	{"acquire", func(s *stage, t *model.T, v int64) int64 { s.sem.Acquire(t); return 0 }},
	{"release", func(s *stage, t *model.T, v int64) int64 { s.sem.Release(t); return 0 }},
	{"once", func(s *stage, t *model.T, v int64) int64 {
		s.once.Do(t, func() { s.words[0].Add(t, v) })
		return 0
	}},
	{"fork", func(s *stage, t *model.T, v int64) int64 {
		h := t.Go("child", func(t *model.T) { s.words[0].Store(t, v) })
		r := s.words[0].Load(t)
		t.Join(h)
		return r
	}},
	{"yield", func(s *stage, t *model.T, v int64) int64 { t.Yield(); return 0 }},
}

func (p script) String() string {
	var b strings.Builder
	for i, ops := range p {
		fmt.Fprintf(&b, "\n  thread %d:", i+1)
		for _, op := range ops {
			fmt.Fprintf(&b, " %s;", acts[op].name)
		}
	}
	return b.String()
}

// A performer runs scripts and says how they end.
type performer struct {
	engine *model.Engine
	stage  stage
	seen   [4][]int64
}

func newPerformer(tb testing.TB) *performer {
	p := &performer{engine: model.New(model.Limits{Steps: 500})}
	tb.Cleanup(p.engine.Close)
	return p
}

// program is a script as a program.
func (p *performer) program(s script) model.Program {
	return func(t *model.T) {
		p.stage.build(t)
		handles := make([]*model.Thread, len(s))
		for i, ops := range s {
			p.seen[i] = p.seen[i][:0]
			handles[i] = t.Go(fmt.Sprint("thread ", i+1), func(t *model.T) {
				for k, op := range ops {
					p.seen[i] = append(p.seen[i], acts[op].do(&p.stage, t, int64(10*i+k+1)))
				}
			})
		}
		for _, h := range handles {
			t.Join(h)
		}
	}
}

// ending is the final state of an execution. One that panicked is known by its message: what the others had done by then is not part of it.
func (p *performer) ending(r model.Result, n int) string {
	if r.Failure == model.Panic {
		return "panic in " + r.Thread + ": " + r.Message
	}
	s := fmt.Sprint(r.Failure, " ", p.seen[:n], p.stage.words[0].Value(), p.stage.words[1].Value())
	if r.Failure == model.Deadlock {
		s += " " + r.Message
	}
	return s
}

// endings runs a script under a strategy until there is nothing left, or returns false after so many executions.
func (p *performer) endings(s script, strategy Strategy, most int) (map[string]int, bool) {
	ends := map[string]int{}
	program := p.program(s)
	for range most {
		r := p.engine.Run(program, strategy, 1)
		if r.Exhausted {
			return ends, true
		}
		if r.Outcome != Pruned {
			ends[p.ending(r, len(s))]++
		}
	}
	return ends, false
}

// scripts draws scripts.
func scripts(kinds []int) *rapid.Generator[script] {
	return rapid.Custom(func(t *rapid.T) script {
		n := rapid.IntRange(2, 3).Draw(t, "threads")
		longest := 4
		if n == 3 {
			longest = 2
		}
		s := make(script, n)
		for i := range s {
			s[i] = rapid.SliceOfN(rapid.SampledFrom(kinds), 1, longest).Draw(t, "operations")
		}
		return s
	})
}

// acting returns the numbers of the operations whose name has one of the words.
func acting(words ...string) (list []int) {
	for i, a := range acts {
		for _, w := range words {
			if strings.Contains(a.name, w) {
				list = append(list, i)
				break
			}
		}
	}
	return list
}

func keys(m map[string]int) []string { return slices.Sorted(maps.Keys(m)) }

// compare runs a script under all schedules and under reduction.
func (p *performer) compare(t *rapid.T, s script) {
	all := NewPB()
	want, done := p.endings(s, all, 400/share)
	if !done {
		t.Skip("too many schedules")
	}
	d := NewDPOR()
	got, done := p.endings(s, d, 12_000)
	if !done || !d.Exhausted() || !all.Exhausted() {
		t.Fatalf("not exhausted")
	}
	if !slices.Equal(keys(got), keys(want)) {
		t.Logf("%v\nreduced: %q\nall:     %q", s, keys(got), keys(want))
		t.Fatalf("reduction loses or invents a final state")
	}
}

// TestReductionLosesNothing compares the final states, deadlocks and panics of random programs that are reached by reduction with those of all schedules.
func TestReductionLosesNothing(t *testing.T) {
	for name, words := range map[string][]string{
		"memory":   {"x", "y"},
		"sections": {"section", "reader", "writer", "then", "load x", "store y"},
		"locks":    {"lock", "section", "reader", "writer", "load"},
		"channels": {"buffered", " p", " q", "len", "select"},
		"choices":  {"choose", "buffered", "select", "add x", "send q"},
		"waiting":  {"cond", "signal", "broadcast", "group", "permit", "acquire", "release", "once", "add x", "section", "lock a"},
		"mixed":    {""},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPerformer(t)
			rapid.Check(t, func(t *rapid.T) { p.compare(t, scripts(acting(words...)).Draw(t, "script")) })
		})
	}
}
