package heap

// pageWords is the size of a page of the runtime (8 KiB on every platform) in words of 8 bytes. A span covers whole pages and is
// dumped once, in ascending order; so the objects that touch one page are neighbours in the dump, in ascending order.
const (
	pageShift = 10
	pageWords = 1 << pageShift
)

// none stands for no object.
const none = ^uint32(0)

// A pages finds the object at an address, in a time that does not depend on the number of objects: page number, then a binary
// search among at most 1 024 of them. It holds 8 bytes for each page, a thousandth of the heap.
type pages struct {
	first, last []uint32 // of each page: the objects that touch it
}

// add enters object i, which covers the words from lo to hi (exclusive). It reports false, and does nothing, if the object
// does not lie behind the one before it on its pages: no runtime writes that.
func (p *pages) add(i uint32, lo, hi uint32, words []uint32) bool {
	a, b := lo>>pageShift, (hi-1)>>pageShift
	for uint32(len(p.first)) <= b {
		p.first, p.last = append(p.first, none), append(p.last, none)
	}
	if l := p.last[a]; l != none && (l != i-1 || words[l] >= lo) {
		return false
	}
	for q := a + 1; q <= b; q++ {
		if p.last[q] != none {
			return false
		}
	}
	for q := a; q <= b; q++ {
		if p.first[q] == none {
			p.first[q] = i
		}
		p.last[q] = i
	}
	return true
}

// find returns the last object that begins at or below word w on the page of w, or none. The caller checks that it reaches as far.
func (p *pages) find(w uint32, words []uint32) uint32 {
	page := w >> pageShift
	if page >= uint32(len(p.first)) || p.first[page] == none {
		return none
	}
	lo, hi := p.first[page], p.last[page]
	if words[lo] > w {
		return none
	}
	for lo < hi { // words[lo] <= w
		mid := lo + (hi-lo+1)/2
		if words[mid] <= w {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return lo
}
