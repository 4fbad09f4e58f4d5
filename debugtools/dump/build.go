package dump

// NewShape returns the shape of the argument lists of a stack's frames, frame after frame. It is for those who make a dump otherwise than by reading text, as package
// live does. The words are copied.
func NewShape(frames [][]Word) *Shape {
	s := &Shape{ends: make([]int32, 0, len(frames))}
	for _, words := range frames {
		s.words = append(s.words, words...)
		s.ends = append(s.ends, int32(len(s.words)))
	}
	return s
}
