package diagnose

import (
	"path"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// A spot is what is known of a stack, whoever has it.
type spot struct {
	stack   *dump.Stack
	kind    kind
	places  []where
	user    int          // index of the innermost frame of the user, or -1
	users   []int        // all of them, innermost first
	dumper  bool         // it took the dump
	system  bool         // it belongs to the runtime or to what std starts for itself
	held    []hold       // locks that its frames hold, by their source
	wishes  []wish       // what the cases of its select are
	wants   *operand     // what it waits for, by its source
	inGroup bool         // WaitGroup.Go has started it
	accepts bool         // it waits for connections
	sourced bool         // the source of every frame of the user is known
	elided  bool         // some of its frames are missing
	timed   bool         // what it waits for may come from a timer, a signal or a deadline
	where   string       // file:line
	called  string       // the function
	all     []*goroutine // who is here
}

// A goroutine is one of the dump, with what is known of it.
type goroutine struct {
	*dump.Goroutine
	*spot
	addr uint64 // of what it waits for, or 0
}

// A scene is a dump that was looked at.
type scene struct {
	dump       *dump.Dump
	spots      []*spot // in the order of their first goroutines
	at         map[spotKey]*spot
	goroutines []goroutine
	byID       map[int64]*goroutine
	src        *sources

	alone map[*goroutine]*confined // who waits for a variable that one function keeps for itself, and whom only those in it can serve

	partial  bool // somebody, or some of their frames, are missing: a part of a dump has no goroutine 1
	unsteady bool // the goroutines were read one after the other, and nobody can look again

	busy  bool // somebody of the user runs or could run
	blind bool // somebody's frames, or their source, are unknown
	awake bool // somebody of the user sleeps, or waits for the world
	open  bool // something that is no goroutine can set somebody of the user going: the world, a timer, a signal
}

// newScene looks at a dump once.
func newScene(d *dump.Dump, o Options) *scene {
	s := &scene{dump: d, src: newSources(o.Source), at: map[spotKey]*spot{}, alone: map[*goroutine]*confined{}, byID: make(map[int64]*goroutine, len(d.Goroutines))}
	s.goroutines = make([]goroutine, len(d.Goroutines))
	for i := range d.Goroutines {
		g := &d.Goroutines[i]
		p := s.spotOf(g)
		n := &s.goroutines[i]
		*n = goroutine{Goroutine: g, spot: p}
		n.addr = n.address()
		p.all = append(p.all, n)
		if g.ID > 0 {
			s.byID[g.ID] = n
		}
		p.system = p.system || g.Flags&dump.System != 0
		p.dumper = p.dumper || g == dumper(d)
	}
	s.look()
	return s
}

// dumper returns the goroutine that took the dump, or nil: runtime.Stack writes whoever calls it first, as running, without the frame of the call.
func dumper(d *dump.Dump) *dump.Goroutine {
	if d.Form == dump.FormStack && len(d.Goroutines) > 0 && d.Goroutines[0].State == "running" {
		return &d.Goroutines[0]
	}
	return nil
}

// look asks what the goroutines of the user do as a whole.
func (s *scene) look() {
	s.partial = s.byID[1] == nil || s.dump.Truncated || s.dump.Dropped > 0 || slices.ContainsFunc(s.spots, func(p *spot) bool { return !p.system && p.elided })
	for i := range s.goroutines {
		g := &s.goroutines[i]
		s.partial = s.partial || g.Flags&dump.NoStack != 0 && g.Flags&dump.System == 0
		if g.system {
			continue
		}
		if g.dumper {
			s.busy = s.busy || g.ID == 1 || len(g.Holds) > 0 // it goes on, and may do what others wait for
			continue
		}
		s.busy = s.busy || g.kind == running
		s.blind = s.blind || g.Flags&dump.NoStack != 0 || !g.sourced
		s.awake = s.awake || g.kind.outside() && g.kind != running && !g.accepts
		s.open = s.open || g.kind.outside() || g.timed
	}
	if strings.Contains(s.dump.Reason, "all goroutines are asleep") { // the runtime has looked
		s.busy, s.awake, s.open = false, false, false
	}
}

// closed reports whether nothing but the goroutines of the dump can let one of them go on.
func (s *scene) closed() bool { return !s.busy && !s.open && !s.blind && !s.dump.Truncated }

// A spotKey tells spots apart: goroutines with one stack can be in different states, one that waits and one that was just woken.
type spotKey struct {
	stack int
	kind  kind
}

// spotOf returns what is known of the stack and the state of a goroutine.
func (s *scene) spotOf(g *dump.Goroutine) *spot {
	key := spotKey{g.Stack.Index, kindOf(g)}
	p := s.at[key]
	if p == nil {
		p = s.newSpot(g)
		s.at[key], s.spots = p, append(s.spots, p)
	}
	return p
}

func (s *scene) newSpot(g *dump.Goroutine) *spot {
	p := &spot{stack: g.Stack, user: -1, kind: kindOf(g)}
	p.places = places(g.Stack, p.kind)
	for i := range g.Stack.Frames {
		f := &g.Stack.Frames[i]
		p.elided = p.elided || f.Elided != 0
		if f.Elided != 0 || f.Func == "" {
			continue
		}
		p.dumper = p.dumper || dumps(f.Func)
		p.inGroup = p.inGroup || f.Func == "sync.(*WaitGroup).Go.func1"
		p.accepts = p.accepts || strings.HasSuffix(f.Func, "Listener).Accept")
		if userCode(f) {
			p.users = append(p.users, i)
		}
	}
	if len(p.users) > 0 {
		p.user = p.users[0]
	}
	p.system = p.user < 0 && !userCode(&g.Stack.Creator)
	p.describe()
	s.src.study(p)
	return p
}

// userCode reports whether a frame is code of the user: not of the standard library, and no wrapper that the compiler made.
func userCode(f *dump.Frame) bool {
	return f.Func != "" && !signature.Std(f.Func, f.File) && !strings.Contains(f.Func, ".gowrap")
}

// dumps reports whether a function takes dumps: who calls it runs because of that only.
func dumps(function string) bool {
	return slices.Contains([]string{"runtime.Stack", "runtime/pprof.writeGoroutineStacks", "runtime/pprof.runtime_goroutineProfileWithLabels",
		"runtime/pprof.writeRuntimeProfile", "runtime/debug.Stack", "runtime.GoroutineProfile"}, function)
}

// address returns the address of what a goroutine waits for, or 0.
func (g *goroutine) address() uint64 {
	if len(g.Waits) > 0 {
		return base(&g.Waits[0])
	}
	for _, w := range g.places {
		if v, exact, ok := g.Arg(w.frame, w.word); ok && exact && v > w.less {
			return v - w.less
		}
	}
	return 0
}

// base returns the address of an object that a program has recorded.
func base(o *dump.Object) uint64 { return o.Addr }

// at returns where a goroutine is in the code of the user: file:line, or the innermost frame.
func (p *spot) at() string { return p.where }

// frame returns the innermost frame of the user, or of anybody, or nil.
func (p *spot) frame() *dump.Frame {
	switch {
	case p.user >= 0:
		return &p.stack.Frames[p.user]
	case len(p.stack.Frames) > 0:
		return &p.stack.Frames[0]
	}
	return nil
}

// position returns file:line of a frame, without directories.
func position(f *dump.Frame) string {
	if f.File == "" {
		return short(f.Func)
	}
	return path.Base(strings.ReplaceAll(f.File, `\`, "/")) + ":" + itoa(f.Line)
}

// name returns the function of the user in which a goroutine is, short.
func (p *spot) name() string { return p.called }

// describe sets what at and name return.
func (p *spot) describe() {
	p.where, p.called = "an unknown place", "goroutine"
	if f := p.frame(); f != nil {
		p.where, p.called = position(f), short(f.Func)
	}
}

// receivers takes the pointers and parentheses of receivers out of a name.
var receivers = strings.NewReplacer("(*", "", "(", "", ")", "", "[...]", "")

// short returns a function without the directories and the name of its package: "queue.(*Queue).Get" is Queue.Get.
func short(function string) string {
	f := function[strings.LastIndexByte(cutTypes(function), '/')+1:]
	if _, after, ok := strings.Cut(f, "."); ok {
		f = after
	}
	return receivers.Replace(f)
}

// cutTypes returns a function up to its type arguments, in which slashes mean something else.
func cutTypes(function string) string {
	before, _, _ := strings.Cut(function, "[")
	return before
}
