package perf

import (
	"strconv"
	"strings"

	"golang.org/x/exp/trace"
)

const (
	maxFrames = 16      // of a stack: no rule looks further
	maxStacks = 1 << 15 // distinct ones; then new ones are cut to one frame, and at last all one
)

// A stack is a call stack as rules need it. Equal stacks are one pointer.
type stack struct {
	id     int
	frames []Frame // innermost first
	own    Frame   // the innermost frame outside of the standard library
	kind   Kind    // by the frames alone
}

// root returns the outermost frame that was kept.
func (s *stack) root() Frame {
	if s == nil || len(s.frames) == 0 {
		return Frame{}
	}
	return s.frames[len(s.frames)-1]
}

// site returns the place that stands for a stack.
func (s *stack) site() Frame {
	if s == nil {
		return Frame{}
	}
	return s.own
}

// stacks interns stacks. A trace numbers them anew every second or so, and keeps the tables of a generation alive as long as one of its stacks is held;
// this table holds none.
type stacks struct {
	handles map[trace.Stack]*stack // of the current generation
	known   map[string]*stack
	key     strings.Builder
	lost    int // stacks that were cut because there are too many
}

func newStacks() *stacks {
	return &stacks{handles: map[trace.Stack]*stack{}, known: map[string]*stack{}}
}

// forget drops the handles of a generation that has ended.
func (t *stacks) forget() { clear(t.handles) }

// intern returns the one copy of a stack, or nil if there is none.
func (t *stacks) intern(h trace.Stack) *stack {
	if h == trace.NoStack {
		return nil
	}
	if s, ok := t.handles[h]; ok {
		return s
	}
	s := t.find(framesOf(h))
	t.handles[h] = s
	return s
}

// framesOf copies the innermost frames of a stack, and the outermost, which tells where the goroutine starts.
func framesOf(h trace.Stack) []Frame {
	var frames []Frame
	for f := range h.Frames() {
		own := Frame{f.Func, f.File, int(f.Line)}
		if len(frames) < maxFrames {
			frames = append(frames, own)
		} else {
			frames[maxFrames-1] = own
		}
	}
	return frames
}

// find returns the copy of frames that was seen first.
func (t *stacks) find(frames []Frame) *stack {
	if len(frames) == 0 {
		return nil
	}
	key := t.keyOf(frames)
	if s, ok := t.known[key]; ok {
		return s
	}
	if len(t.known) >= maxStacks {
		t.lost++
		if len(frames) > 1 {
			return t.find(frames[:1])
		}
		frames, key = []Frame{{Func: "(too many stacks)"}}, ""
		if s, ok := t.known[key]; ok {
			return s
		}
	}
	s := &stack{id: len(t.known), frames: frames, own: frames[ownFrame(frames)], kind: calleeKind(frames)}
	t.known[key] = s
	return s
}

// keyOf returns frames as a string.
func (t *stacks) keyOf(frames []Frame) string {
	t.key.Reset()
	for _, f := range frames {
		t.key.WriteString(f.Func)
		t.key.WriteByte(0)
		t.key.WriteString(f.File)
		t.key.WriteByte(0)
		t.key.WriteString(strconv.Itoa(f.Line))
		t.key.WriteByte(1)
	}
	return t.key.String()
}
