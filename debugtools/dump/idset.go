package dump

// An idSet is a set of positive numbers: a table of twice their number with linear probing (Knuth, TAOCP vol. 3, 6.4, algorithm L). It is as fast as
// the numbers are many, where a map would cost as much as the rest of a goroutine.
type idSet struct {
	table []int64 // 0 is free
	n     int
}

// newIDSet returns an empty set.
func newIDSet() *idSet { return &idSet{table: make([]int64, 64)} }

// add puts a number in, and reports whether it was not yet there.
func (s *idSet) add(id int64) bool {
	at := s.slot(id)
	if s.table[at] == id {
		return false
	}
	s.table[at] = id
	if s.n++; 2*s.n > len(s.table) {
		s.grow()
	}
	return true
}

// slot returns where a number is, or the free place where it goes.
func (s *idSet) slot(id int64) int {
	mask := len(s.table) - 1
	at := int(uint64(id)*0x9e3779b97f4a7c15>>32) & mask
	for s.table[at] != 0 && s.table[at] != id {
		at = (at + 1) & mask
	}
	return at
}

// grow doubles the table.
func (s *idSet) grow() {
	old := s.table
	s.table = make([]int64, 2*len(old))
	for _, id := range old {
		if id != 0 {
			s.table[s.slot(id)] = id
		}
	}
}
