package heap

import (
	"strconv"
	"strings"
)

// span is the size of the spans that hold small objects: one page.
const span = 8192

// dropPhantoms takes the entries out of the dump that are no objects. The runtime divides the length of a span by the size of its
// objects and dumps as many of them, although the end of a span of small objects is taken: by the bitmap of pointers (since Go
// 1.22, an eighth of a page's words in bytes, if the objects have pointers), and by mark bits (128 bytes, objects from 16 bytes, with
// the collector that is the default since Go 1.26). A phantom keeps its number, with size 0.
func (d *Dump) dropPhantoms() {
	for _, page := range d.pages {
		lo, hi := page.first, page.last
		if lo == none {
			continue
		}
		size := d.size(lo)
		slots := d.slots(size, func() bool { return d.scanned(lo, hi) })
		for i := hi; slots > 0 && i >= lo && i != none && uint64(d.words[i]%pageWords)*8/size >= slots; i-- {
			d.shape[i] = 0
			d.Phantoms++
		}
	}
}

// scanned reports whether one of these objects has pointers; then the span has a bitmap.
func (d *Dump) scanned(lo, hi uint32) bool {
	for i := lo; i <= hi; i++ {
		if d.shapes[d.shape[i]].pointers > 0 {
			return true
		}
	}
	return false
}

// slots returns how many objects of a size a span of one page really holds, or 0 if nothing at its end is taken.
func (d *Dump) slots(size uint64, scanned func() bool) uint64 {
	word := uint64(d.PointerSize)
	minor := minorOf(d.Go)
	if size > 8*word*word || minor < 22 {
		return 0
	}
	taken := uint64(0)
	if scanned() {
		taken += span / word / 8
	}
	if size >= 2*word && marksInline(d.Go, minor) {
		taken += 128
	}
	return (span - taken) / size
}

// marksInline reports whether the collector keeps mark bits within spans.
func marksInline(version string, minor int) bool {
	_, experiments, _ := strings.Cut(version, "X:")
	on := minor >= 26
	for _, e := range strings.Split(strings.TrimSpace(experiments), ",") {
		switch e {
		case "greenteagc":
			on = true
		case "nogreenteagc":
			on = false
		}
	}
	return on
}

// minorOf returns the 26 of "go1.26.8", or of "devel go1.26-0123456"; 99 if there is none.
func minorOf(version string) int {
	_, rest, ok := strings.Cut(version, "go1.")
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if end >= 0 {
		rest = rest[:end]
	}
	if n, err := strconv.Atoi(rest); ok && err == nil {
		return n
	}
	return 99
}
