package dump

// A Shape is how the argument lists of a stack's frames are written: how many words each has, which of them may be stale, which
// stand in braces. One stack can have several shapes, because the marks depend on the exact instruction and on the build; they are
// kept apart from it, so that people see one stack and the values are still found.
type Shape struct {
	words []Word
	ends  []int32 // ends[i] is where the words of frame i end in words
}

// A Word is one word of an argument list.
type Word struct {
	Arg   int32 // index in Goroutine.Args, or -1 for "_" and "..."
	Stale bool  // followed by "?": a register or stack slot that may be dead
	Inner bool  // within braces: part of a string, slice, interface or struct
}

// Words returns the words of the argument list of a frame, by its index in Stack.Frames, or nil. The caller must not change them.
func (s *Shape) Words(frame int) []Word {
	if s == nil || frame < 0 || frame >= len(s.ends) {
		return nil
	}
	from := int32(0)
	if frame > 0 {
		from = s.ends[frame-1]
	}
	return s.words[from:s.ends[frame]]
}

// Arg returns the n-th word of the arguments of a frame of the stack of g, and whether it is exact, which is to say not marked as
// stale. It reports false if there is no such word, or its value is not in the dump.
func (g *Goroutine) Arg(frame, n int) (value uint64, exact, ok bool) {
	words := g.Shape.Words(frame)
	if n < 0 || n >= len(words) || words[n].Arg < 0 || int(words[n].Arg) >= len(g.Args) {
		return 0, false, false
	}
	return g.Args[words[n].Arg], !words[n].Stale, true
}
