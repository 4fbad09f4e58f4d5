package soak

// A series is how much more a process holds after each round than before the first, for one target: the sum of the differences around
// its rounds. What the harness itself keeps between rounds is in no difference.
//
// A new process holds nothing yet, and warms up again; so the series is cut there, and the longest piece is judged.
type series struct {
	current, longest []Sample
}

// add adds the samples around a round. A system that does not tell descriptors leaves theirs at -1.
func (s *series) add(w *window) {
	d := Sample{Heap: w.After.Heap - w.Before.Heap, Goroutines: w.After.Goroutines - w.Before.Goroutines, Files: -1}
	if w.Before.Files >= 0 && w.After.Files >= 0 {
		d.Files = w.After.Files - w.Before.Files
	}
	if n := len(s.current); n > 0 {
		last := s.current[n-1]
		d.Heap += last.Heap
		d.Goroutines += last.Goroutines
		d.Files += last.Files
	}
	if w.Before.Files < 0 || w.After.Files < 0 {
		d.Files = -1
	}
	s.current = append(s.current, d)
}

// cut ends a piece.
func (s *series) cut() {
	s.longest = s.piece()
	s.current = nil
}

// piece returns the longest piece so far, the latest of several.
func (s *series) piece() []Sample {
	if len(s.current) >= len(s.longest) {
		return s.current
	}
	return s.longest
}
