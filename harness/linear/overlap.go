package linear

// Stats say how much the operations of a history overlapped. A history in which nothing overlaps tests nothing concurrent.
type Stats struct {
	// MaxOpen is the largest number of operations that were open at once.
	MaxOpen int
	// AverageOpen is the number of operations open just after each call, on average over the calls; 1 if nothing overlaps.
	AverageOpen float64
	// Pairs is the number of pairs of operations that overlap.
	Pairs int
}

// Overlap measures a history in O(n log n).
func Overlap[I any](ops []Op[I]) Stats {
	var s Stats
	open, sum := 0, 0
	for _, e := range sortedEvents(ops) {
		if !e.isCall {
			open--
			continue
		}
		s.Pairs += open
		open++
		sum += open
		s.MaxOpen = max(s.MaxOpen, open)
	}
	if len(ops) > 0 {
		s.AverageOpen = float64(sum) / float64(len(ops))
	}
	return s
}
