package heap

// pageWords is the size of a page of the runtime (8 KiB on every platform) in words of 8 bytes. A span covers whole pages and is
// dumped once, in ascending order; so the objects that touch one page are neighbours in the dump, in ascending order.
const (
	pageShift = 10
	pageWords = 1 << pageShift
)

// none stands for no object.
const none = ^uint32(0)

// A page knows the first and the last object that touches it, or none.
type page struct{ first, last uint32 }

// A pages finds the object at an address in constant time: page number, then interpolation among at most 1 024 objects, which are of one size.
// It holds 8 bytes for each page, a thousandth of the heap.
type pages []page

// add enters object i, which covers the words from lo to hi (exclusive). It reports false, and does nothing, if the object
// does not lie behind the one before it on its pages: no runtime writes that.
func (p *pages) add(i uint32, lo, hi uint32, words []uint32) bool {
	a, b := lo>>pageShift, (hi-1)>>pageShift
	for uint32(len(*p)) <= b {
		*p = append(*p, page{none, none})
	}
	list := (*p)[a : b+1]
	if l := list[0].last; l != none && (l != i-1 || words[l] >= lo) {
		return false
	}
	for _, q := range list[1:] {
		if q.last != none {
			return false
		}
	}
	for q := range list {
		if list[q].first == none {
			list[q].first = i
		}
		list[q].last = i
	}
	return true
}

// find returns the last object that begins at or below word w on the page of w, or none. The caller checks that it reaches as far.
func (p pages) find(w uint32, words []uint32) uint32 {
	if w>>pageShift >= uint32(len(p)) {
		return none
	}
	at := p[w>>pageShift]
	lo, hi := at.first, at.last
	if lo == none || words[lo] > w {
		return none
	}
	guess := lo
	if hi > lo {
		first := words[lo]
		guess = uint32(min(uint64(hi), uint64(lo)+uint64(w-first)*uint64(hi-lo)/uint64(words[hi]-first)))
	}
	for words[guess] > w {
		guess--
	}
	for guess < hi && words[guess+1] <= w {
		guess++
	}
	return guess
}
