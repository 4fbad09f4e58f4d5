package dump

// An idSet is a set of positive numbers that often come in runs: 64 neighbours share a word, and the words are in a table of twice their number with
// linear probing (Knuth, TAOCP vol. 3, 6.4, algorithm L). A map of numbers would cost as much as the rest of a goroutine.
type idSet struct {
	table []idWord
	n     int
}

// An idWord has bit i set if 64*key+i is in the set. It is free if no bit is set.
type idWord struct {
	key  int64
	bits uint64
}

// newIDSet returns an empty set.
func newIDSet() *idSet { return &idSet{table: make([]idWord, 64)} }

// add puts a number in, and reports whether it was not yet there.
func (s *idSet) add(id int64) bool {
	w, bit := s.word(id>>6), uint64(1)<<(id&63)
	if w.bits&bit != 0 {
		return false
	}
	if w.bits == 0 {
		if s.n++; 2*s.n > len(s.table) {
			s.grow()
			w = s.word(id >> 6)
		}
		w.key = id >> 6
	}
	w.bits |= bit
	return true
}

// word returns the word with a key, or the free one where it goes.
func (s *idSet) word(key int64) *idWord {
	mask := len(s.table) - 1
	at := int(uint64(key)*0x9e3779b97f4a7c15>>32) & mask
	for s.table[at].bits != 0 && s.table[at].key != key {
		at = (at + 1) & mask
	}
	return &s.table[at]
}

// grow doubles the table.
func (s *idSet) grow() {
	old := s.table
	s.table = make([]idWord, 2*len(old))
	for _, w := range old {
		if w.bits != 0 {
			*s.word(w.key) = w
		}
	}
}
