package perf

import (
	"strings"
	"time"

	"golang.org/x/exp/trace"
)

// The names of ranges, as the runtime writes them.
const (
	rangeMark   = "GC concurrent mark phase"
	rangeSweep  = "GC incremental sweep"
	rangeAssist = "GC mark assist"
	rangeStop   = "stop-the-world ("
)

// A collector adds up what the collector takes, and for how long the world stands still.
type collector struct {
	gc     GCUse
	stops  map[string]*Stop
	began  map[string]trace.Time // global ranges that have begun
	sweeps map[trace.ProcID]trace.Time
}

func newCollector() collector {
	return collector{stops: map[string]*Stop{}, began: map[string]trace.Time{}, sweeps: map[trace.ProcID]trace.Time{}}
}

// rangeBegins notes the begin of a range; of one that was there before the trace, the begin of the trace.
func (a *account) rangeBegins(e *trace.Event) {
	r, t := e.Range(), e.Time()
	active := e.Kind() == trace.EventRangeActive
	if active {
		t = a.start
	}
	switch {
	case r.Name == rangeAssist && r.Scope.Kind == trace.ResourceGoroutine:
		if g := a.live[r.Scope.Goroutine()]; g != nil && !(active && g.assists) {
			g.assists, g.assist = true, max(t, g.birth)
		}
	case r.Name == rangeSweep && r.Scope.Kind == trace.ResourceProc:
		if _, known := a.sweeps[r.Scope.Proc()]; !known {
			a.sweeps[r.Scope.Proc()] = t
		}
	case r.Name == rangeMark, strings.HasPrefix(r.Name, rangeStop):
		if _, known := a.collector.began[r.Name]; !known {
			a.collector.began[r.Name] = t
		}
	}
}

// rangeEnds accounts for a range.
func (a *account) rangeEnds(e *trace.Event) {
	r, t := e.Range(), e.Time()
	switch {
	case r.Name == rangeAssist && r.Scope.Kind == trace.ResourceGoroutine:
		if g := a.live[r.Scope.Goroutine()]; g != nil && g.assists {
			a.assisted(g, t)
			g.assists = false
		}
	case r.Name == rangeSweep && r.Scope.Kind == trace.ResourceProc:
		if from, ok := a.sweeps[r.Scope.Proc()]; ok {
			delete(a.sweeps, r.Scope.Proc())
			a.gc.Sweep += time.Duration(t - from)
		}
	default:
		if from, ok := a.collector.began[r.Name]; ok {
			delete(a.collector.began, r.Name)
			a.globalRange(r.Name, from, t)
		}
	}
}

// globalRange accounts for a cycle of the collector, or a stop of the world.
func (a *account) globalRange(name string, from, to trace.Time) {
	d := time.Duration(to - from)
	if name == rangeMark {
		a.gc.Cycles++
		a.gc.Mark += d
		return
	}
	reason := strings.TrimSuffix(strings.TrimPrefix(name, rangeStop), ")")
	s := a.stops[reason]
	if s == nil {
		s = &Stop{Reason: reason}
		a.stops[reason] = s
	}
	if d > s.Max {
		s.LongestAt = time.Duration(from - a.start)
	}
	s.add(d)
}

// label notes which work a worker of the collector does: the runtime labels them.
func (a *account) label(l trace.Label) {
	if l.Resource.Kind != trace.ResourceGoroutine {
		return
	}
	if g := a.live[l.Resource.Goroutine()]; g != nil {
		g.idleWork = l.Label == "GC (idle)"
	}
}

// worked accounts for work on the collection in the time on a processor that ends: that of a worker, or help by a goroutine of the program.
func (a *account) worked(g *goroutine, t trace.Time) {
	a.assisted(g, t)
	if g.Group.System && strings.HasPrefix(g.Group.Start.Func, "runtime.gcBgMarkWorker") && !g.idleWork {
		a.gc.Work += time.Duration(t - g.since)
	}
}

// assisted adds what a goroutine that runs has helped since it came onto the processor or began to help.
func (a *account) assisted(g *goroutine, t trace.Time) {
	if g.assists && g.state == trace.GoRunning {
		a.gc.Assist += time.Duration(t - max(g.since, g.assist))
	}
}
