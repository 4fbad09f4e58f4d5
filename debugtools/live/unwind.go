package live

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

// An instruction is an address in a stack: where a call returns to, or, if exact, where a signal or the reader has interrupted.
type instruction struct {
	pc    uint64
	exact bool
}

// A site is what the tables say about an instruction. It is worked out once.
type site struct {
	fn    fn
	size  uint64 // of the frame without the return address
	stop  bool   // the outermost
	lost  bool   // what called it cannot be found
	calls []call
	args  []argument
}

// A frame is a function on a stack.
type frame struct {
	instruction
	top uint64 // the address after its return address, where its arguments begin
}

// A trace is all that is known of a stack by the instructions on it. Goroutines with equal ones share it.
type trace struct {
	stack *dump.Stack
	shape *dump.Shape
	reads []argumentAt
	park  park
}

// An argumentAt is the place of a word of the arguments that a stack shows.
type argumentAt struct {
	frame int // index of the frame
	argument
}

// An unwinder turns stacks into traces.
type unwinder struct {
	*symtab
	sites   map[instruction]*site
	traces  map[string]*trace
	stacks  map[string]*dump.Stack
	key     []byte
	runtime bool // show frames of the runtime
}

// The most frames that are followed, and how many are shown at each end, as package runtime does.
const (
	mostFrames = 1 << 17
	shownEnds  = 50
)

// at returns what the tables say about an instruction, nil if it is not in a function.
func (u *unwinder) at(in instruction) *site {
	if s, ok := u.sites[in]; ok {
		return s
	}
	s := u.newSite(in)
	u.sites[in] = s
	return s
}

// newSite works out a site as runtime.(*unwinder).resolveInternal does.
func (u *unwinder) newSite(in instruction) *site {
	f := u.find(in.pc)
	if f == nil {
		return nil
	}
	s := &site{fn: f, size: uint64(max(0, u.value(f, f.frames(), in.pc)))}
	at := in.pc
	if !in.exact && in.pc > u.text+f.entry() {
		at-- // into the call instruction
	}
	s.calls, s.args = u.calls(f, at), u.arguments(f, at)
	s.stop = f.flags()&flagTop != 0 || f.frames() == 0
	s.lost = f.flags()&flagSPWrite != 0 && u.name(f.nameOff()) != "runtime.cgocallback"
	return s
}

// unwind returns the frames from an instruction outwards, innermost first, as runtime.(*unwinder).next does. load reads a word of the stack, whose
// end is high.
// syscall says that the instruction was saved on the way into a system call. It reports false if the stack makes no sense, as one that changes may.
func (u *unwinder) unwind(in instruction, sp, high uint64, syscall bool, load func(uint64) (uint64, bool), frames []frame) ([]frame, bool) {
	for len(frames) < mostFrames {
		s := u.at(in)
		if s == nil || sp >= high {
			return frames, len(frames) > 0 && s == nil
		}
		top := sp + s.size + 8
		frames = append(frames, frame{in, top})
		innermost := len(frames) == 1
		if s.stop || s.lost && !(innermost && syscall) {
			return frames, true
		}
		ret, ok := load(top - 8)
		if !ok || top > high {
			return frames, false
		}
		if ret == 0 {
			return frames, true
		}
		in, sp = instruction{ret, u.injects[s.fn.id()]}, top
	}
	return frames, true
}

// traceOf returns the trace of frames, made when they are seen first. creator is the address of the go statement.
func (u *unwinder) traceOf(frames []frame, creator uint64) *trace {
	u.key = binary.LittleEndian.AppendUint64(u.key[:0], creator)
	for _, f := range frames {
		pc := f.pc << 1
		if f.exact {
			pc |= 1
		}
		u.key = binary.LittleEndian.AppendUint64(u.key, pc)
	}
	t := u.traces[string(u.key)]
	if t == nil {
		t = u.newTrace(frames, creator)
		u.traces[string(u.key)] = t
	}
	return t
}

// newTrace makes the trace of frames.
func (u *unwinder) newTrace(frames []frame, creator uint64) *trace {
	t := &trace{stack: &dump.Stack{Creator: u.creator(creator)}, park: u.parked(frames)}
	var shape [][]dump.Word
	all := u.shown(frames, u.runtime)
	if len(all) == 0 {
		all = u.shown(frames, true) // a goroutine that has not begun, or is not of the user's
	}
	cut := len(all) - 2*shownEnds
	for i, s := range all {
		switch {
		case cut > 0 && i == shownEnds:
			t.stack.Frames = append(t.stack.Frames, dump.Frame{Elided: cut})
			shape = append(shape, nil)
		case cut > 0 && i > shownEnds && i < shownEnds+cut:
		default:
			t.stack.Frames = append(t.stack.Frames, dump.Frame{Func: printed(s.name), File: s.file, Line: s.line, Inline: s.inline})
			shape = append(shape, t.words(s))
		}
	}
	t.shape = dump.NewShape(shape)
	t.stack = u.canonical(t.stack)
	return t
}

// canonical returns the one copy of a stack: traces that differ only in instructions of the same lines share it.
func (u *unwinder) canonical(s *dump.Stack) *dump.Stack {
	key := fmt.Sprint(s.Frames, s.Creator)
	if known, ok := u.stacks[key]; ok {
		return known
	}
	u.stacks[key] = s
	return s
}

// A shownCall is a call that a stack shows.
type shownCall struct {
	call
	frame int
	args  []argument
}

// words returns the argument list of a call, and notes where its values are.
func (t *trace) words(s shownCall) []dump.Word {
	if s.inline {
		return nil
	}
	list := words(s.args, len(t.reads))
	for _, a := range s.args {
		if a.here {
			t.reads = append(t.reads, argumentAt{s.frame, a})
		}
	}
	return list
}

// shown returns the calls that a stack shows: the rules are those of runtime.traceback2. With everything it shows all there are.
func (u *unwinder) shown(frames []frame, everything bool) []shownCall {
	var all []shownCall
	callee := uint8(0)
	for i, f := range frames {
		s := u.at(f.instruction)
		for _, c := range s.calls {
			if everything || u.visible(c, len(all) == 0, callee) {
				all = append(all, shownCall{c, i, s.args})
			}
			callee = c.id
		}
		callee = s.fn.id()
	}
	return all
}

// visible reports whether a call is shown: not wrappers that the compiler has made, and not the inside of the runtime.
func (u *unwinder) visible(c call, first bool, callee uint8) bool {
	switch {
	case u.wrapper != 0 && c.id == u.wrapper && !u.panics[callee]:
		return false
	case c.name == "runtime.gopanic" && !first, c.name == "runtime.runFinalizers", c.name == "runtime.runCleanups", c.name == "runtime.runfinq":
		return true
	}
	return strings.Contains(c.name, ".") && (!strings.HasPrefix(c.name, "runtime.") || exportedRuntime(c.name))
}

// exportedRuntime reports whether a name of package runtime is one that users call: runtime.Gosched, runtime.(*Frames).Next.
func exportedRuntime(name string) bool {
	name = strings.TrimPrefix(name, "runtime.")
	parts := strings.Split(name, ".")
	for _, p := range parts {
		p = strings.TrimSuffix(strings.TrimPrefix(p, "(*"), ")")
		if p == "" || p[0] < 'A' || p[0] > 'Z' {
			return false
		}
	}
	return len(parts) <= 2
}

// creator returns the frame of the go statement at an address, or none if that is in the runtime.
func (u *unwinder) creator(pc uint64) dump.Frame {
	f := u.find(pc)
	if f == nil {
		return dump.Frame{}
	}
	c := call{name: u.name(f.nameOff()), id: f.id()}
	if !u.runtime && !u.visible(c, false, 0) {
		return dump.Frame{}
	}
	if pc > u.text+f.entry() {
		pc--
	}
	file, line := u.line(f, pc)
	return dump.Frame{Func: printed(c.name), File: file, Line: line}
}

// values returns the words of the arguments that a stack shows.
func (t *trace) values(frames []frame, load func(uint64) (uint64, bool)) []uint64 {
	if len(t.reads) == 0 {
		return nil
	}
	all := make([]uint64, len(t.reads))
	for i, a := range t.reads {
		v, _ := load(frames[a.frame].top + uint64(a.off))
		if a.size < 8 {
			v &= 1<<(8*a.size) - 1
		}
		all[i] = v
	}
	return all
}
