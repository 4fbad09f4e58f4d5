package perf

import (
	"time"

	"golang.org/x/exp/trace"
)

// A goroutine is one goroutine while its trace is read.
type goroutine struct {
	Goroutine
	state trace.GoState
	since trace.Time // when it came into the state
	birth trace.Time
	whole bool // seen from its start

	kind  Kind          // of the wait, in state GoWaiting
	at    *stack        // where it waits or makes a system call
	full  time.Duration // for how long all processors had been busy when it came into the state
	named bool          // its start is known

	gotLock  trace.Time // when its last wait for a lock ended
	off      off        // its longest wait since then
	idleWork bool       // a worker of the collector that has a processor which would be idle
	assist   trace.Time // since when it assists the collector, if assists
	assists  bool
}

// off is a time off the processor.
type off struct {
	from, to trace.Time
	kind     Kind
	at       *stack
}

// An account adds up the events of a trace. It keeps no events.
type account struct {
	levels
	stacks
	trace     Trace
	began     bool
	start     trace.Time
	live      map[trace.GoID]*goroutine
	free      []*goroutine
	groups    map[groupKey]*Group
	byStacks  map[[2]*stack]*Group
	sites     map[siteKey]*Site
	edges     map[edgeKey]*Edge
	idles     map[idleKey]*Idle
	unnamed   int // goroutines whose start is not known yet
	idleSince trace.Time
	idle      bool
	recent    recent
	waits     waits
	collector
	procsOn  map[trace.ProcID]bool
	maxProcs int
}

type (
	groupKey struct {
		start   string
		creator Frame
	}
	siteKey struct {
		kind    Kind
		syscall bool
		at      *stack
	}
	edgeKey struct {
		kind          Kind
		waiter, waker *stack
	}
	idleKey struct {
		kind  Kind
		place Frame
	}
)

func newAccount() *account {
	return &account{
		stacks: *newStacks(), live: map[trace.GoID]*goroutine{}, groups: map[groupKey]*Group{}, byStacks: map[[2]*stack]*Group{},
		sites: map[siteKey]*Site{}, edges: map[edgeKey]*Edge{},
		idles: map[idleKey]*Idle{}, procsOn: map[trace.ProcID]bool{}, collector: newCollector(),
	}
}

// add accounts for one event. Events come in the order of time.
func (a *account) add(e *trace.Event) {
	a.trace.Events++
	kind := e.Kind()
	if kind == trace.EventSync {
		a.forget()
		return
	}
	t := e.Time()
	if !a.began {
		a.began, a.start, a.now = true, t, t
	}
	a.advance(t)
	switch kind {
	case trace.EventStateTransition:
		a.transition(e)
	case trace.EventMetric:
		if m := e.Metric(); m.Name == "/sched/gomaxprocs:threads" && m.Value.Kind() == trace.ValueUint64 {
			a.setProcs(int(min(m.Value.Uint64(), 1<<20)))
		}
	case trace.EventRangeBegin, trace.EventRangeActive:
		a.rangeBegins(e)
	case trace.EventRangeEnd:
		a.rangeEnds(e)
	case trace.EventLabel:
		a.label(e.Label())
	}
}

// setProcs notes GOMAXPROCS.
func (a *account) setProcs(n int) {
	a.procs = n
	a.trace.Processors = max(a.trace.Processors, n)
}

// transition accounts for a change of state.
func (a *account) transition(e *trace.Event) {
	st := e.StateTransition()
	switch st.Resource.Kind {
	case trace.ResourceGoroutine:
		a.goroutineMoves(e, &st)
	case trace.ResourceProc:
		if a.procs == 0 {
			a.processorMoves(&st)
		}
	}
}

// processorMoves counts processors in use, for traces that do not say how many there are.
func (a *account) processorMoves(st *trace.StateTransition) {
	_, to := st.Proc()
	if to == trace.ProcRunning {
		a.procsOn[st.Resource.Proc()] = true
		a.maxProcs = max(a.maxProcs, len(a.procsOn))
	} else {
		delete(a.procsOn, st.Resource.Proc())
	}
}

// goroutineMoves accounts for a goroutine that changes its state.
func (a *account) goroutineMoves(e *trace.Event, st *trace.StateTransition) {
	from, to := st.Goroutine()
	if from == to && from != trace.GoRunning {
		return
	}
	id := st.Resource.Goroutine()
	g := a.live[id]
	if g == nil {
		if g = a.appears(e, st, from); from != trace.GoNotExist {
			a.enters(g, st, to)
			a.levels.move(trace.GoUndetermined, to, g.Group.System)
			a.noticeIdle(g, false)
			return
		}
	}
	a.identifies(g, e, st)
	t := e.Time()
	a.leaves(g, e, to)
	a.levels.move(g.state, to, g.Group.System)
	g.state, g.since, g.full = to, t, a.use.Full
	a.enters(g, st, to)
	a.noticeIdle(g, to == trace.GoRunnable || to == trace.GoRunning)
	if to == trace.GoNotExist {
		if !g.named {
			a.unnamed--
		}
		a.ends(g, t, true)
		delete(a.live, id)
		a.free = append(a.free, g)
	}
}

// appears starts to account for a goroutine: one that is created, or one that was there before the trace.
func (a *account) appears(e *trace.Event, st *trace.StateTransition, from trace.GoState) *goroutine {
	g := a.fresh()
	*g = goroutine{Goroutine: Goroutine{ID: int64(st.Resource.Goroutine())}, state: from, since: e.Time(), birth: e.Time()}
	var start, creator = a.intern(st.Stack), (*stack)(nil)
	if from == trace.GoNotExist {
		g.whole, creator = true, a.intern(e.Stack())
	} else {
		g.since, g.birth = a.start, a.start
		_, g.state = st.Goroutine()
	}
	g.Group = a.groupOf(start, creator)
	g.Group.Count++
	if g.named = start != nil; !g.named {
		a.unnamed++
	}
	if d := time.Duration(g.birth - a.start); d >= 0 {
		g.Birth = d
	}
	if !g.whole && !g.Group.System {
		a.life += time.Duration(e.Time() - a.start)
	}
	a.live[trace.GoID(g.ID)] = g
	return g
}

// fresh returns a goroutine to fill, if possible one that has ended: traces may have millions.
func (a *account) fresh() *goroutine {
	n := len(a.free)
	if n == 0 {
		return &goroutine{}
	}
	g := a.free[n-1]
	a.free = a.free[:n-1]
	return g
}

// identifies finds out where goroutines start that were there before the trace, from the stacks of an event.
func (a *account) identifies(g *goroutine, e *trace.Event, st *trace.StateTransition) {
	if a.unnamed == 0 {
		return
	}
	a.identify(g, a.intern(st.Stack))
	if running := a.live[e.Goroutine()]; running != nil && running != g {
		a.identify(running, a.intern(e.Stack()))
	}
}

// identify puts a goroutine into its group as soon as one of its stacks is seen. Until then it is counted as one of the runtime's: those wait without a
// stack for long.
func (a *account) identify(g *goroutine, s *stack) {
	if g.named || s == nil {
		return
	}
	g.named = true
	a.unnamed--
	g.Group.Count--
	g.Group = a.groupOf(s, nil)
	g.Group.Count++
	if !g.Group.System {
		a.count(g.state, -1, true)
		a.count(g.state, +1, false)
		a.life += time.Duration(a.now - g.birth)
	}
}

// groupOf returns the group of goroutines with these stacks at their start, or nil, and at the statement that started them.
func (a *account) groupOf(start, creator *stack) *Group {
	key := [2]*stack{start, creator}
	g := a.byStacks[key]
	if g == nil {
		if len(a.byStacks) >= maxGroups {
			clear(a.byStacks)
		}
		g = a.group(start.root(), creator.site())
		a.byStacks[key] = g
	}
	return g
}

// group returns the group of goroutines that start and were created so.
func (a *account) group(start, creator Frame) *Group {
	key := groupKey{start.Func, creator}
	g := a.groups[key]
	if g == nil {
		if len(a.groups) >= maxGroups {
			a.trace.Cut++
			start, creator, key = Frame{Func: "(others)"}, Frame{}, groupKey{start: "(others)"}
			if g = a.groups[key]; g != nil {
				return g
			}
		}
		g = &Group{Start: start, Creator: creator, System: start.Func == "" || isSystem(start.Func)}
		a.groups[key] = g
	}
	return g
}

// enters notes what a goroutine waits for in its new state.
func (a *account) enters(g *goroutine, st *trace.StateTransition, to trace.GoState) {
	switch to {
	case trace.GoWaiting:
		g.at = a.intern(st.Stack)
		g.kind = Other
		if k, ok := reasons[st.Reason]; ok {
			g.kind = k
		} else if g.at != nil && (st.Reason == "sync" || st.Reason == "") {
			g.kind = g.at.kind
		}
	case trace.GoSyscall:
		g.at, g.kind = a.intern(st.Stack), Other
	}
}

// leaves adds the time in the state that a goroutine leaves.
func (a *account) leaves(g *goroutine, e *trace.Event, to trace.GoState) {
	t := e.Time()
	d := time.Duration(t - g.since)
	g.spend(g.state, d)
	switch g.state {
	case trace.GoRunning:
		g.Group.Slices.add(d)
		a.recent.add(slice{g.Group, g.ID, g.since, t})
		a.worked(g, t)
	case trace.GoRunnable:
		g.Group.Latency.add(d)
		g.Group.Crowded += a.use.Full - g.full
		a.waited(g, t, d)
	case trace.GoWaiting:
		if s := a.site(g, false); s != nil && to != trace.GoNotExist {
			a.woken(g, s, e, d)
		}
	case trace.GoSyscall:
		if s := a.site(g, true); s != nil {
			s.add(d)
			s.Full += a.use.Full - g.full
		}
		g.offProcessor(off{g.since, t, Other, g.at})
	}
}

// spend adds time in a state.
func (g *goroutine) spend(s trace.GoState, d time.Duration) {
	switch s {
	case trace.GoRunning:
		g.Times.Running += d
	case trace.GoRunnable:
		g.Times.Runnable += d
	case trace.GoSyscall:
		g.Times.Syscall += d
	case trace.GoWaiting:
		g.Times.Blocked[g.kind] += d
	}
}

// ends closes the account of a goroutine.
func (a *account) ends(g *goroutine, t trace.Time, ended bool) {
	g.Death, g.Ended = time.Duration(t-a.start), ended
	g.Group.Times.add(&g.Times)
	if ended {
		g.Group.Ended++
	}
	if ended && g.whole {
		g.Group.Whole.add(g.Times.Running)
	}
	if !g.Group.System {
		a.trace.Times.add(&g.Times)
	}
	if !ended || len(a.trace.Goroutines) < MaxGoroutines {
		a.trace.Goroutines = append(a.trace.Goroutines, g.Goroutine)
	}
}
