package sched

import "math/bits"

// A set is a set of threads. A thread beyond its end is not in it.
type set []uint64

func (s set) has(t int32) bool { return int(t>>6) < len(s) && s[t>>6]>>(t&63)&1 != 0 }

// word returns the bits of threads 64w to 64w+63.
func (s set) word(w int) uint64 {
	if w < len(s) {
		return s[w]
	}
	return 0
}

func (s *set) add(t int32) {
	for int(t>>6) >= len(*s) {
		*s = append(*s, 0)
	}
	(*s)[t>>6] |= 1 << (t & 63)
}

// addAll adds the threads of another set.
func (s *set) addAll(o set) {
	for len(*s) < len(o) {
		*s = append(*s, 0)
	}
	for w, word := range o {
		(*s)[w] |= word
	}
}

// common returns the lowest thread of both sets, or -1.
func (s set) common(o set) int32 {
	for w, word := range s {
		if word &= o.word(w); word != 0 {
			return int32(w<<6) + lowest(word)
		}
	}
	return -1
}

// meets says whether two sets have a thread in common.
func (s set) meets(o set) bool { return s.common(o) >= 0 }

// lowest returns the number of the lowest bit.
func lowest(word uint64) int32 { return int32(bits.TrailingZeros64(word)) }
