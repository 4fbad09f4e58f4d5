package heap

import (
	"cmp"
	"errors"
	"io"
	"slices"
)

// Views are slices that use little of the array that they keep: all that remains of a large buffer of which somebody has kept the head.
type Views struct {
	// Array describes the arrays, Holder the objects that hold the slices.
	Array, Holder string
	// Slices is how many there are. Bytes is what their arrays take, Used what the slices show of it.
	Slices, Bytes, Used uint64
}

// From where on arrays are looked at, and how little of one a slice must use: less than a quarter.
const (
	leastArray = 2 << 10
	mostUsed   = 4
)

// Views reads the dump a second time, since contents of objects are not kept, and looks for objects with a slice that uses less than a quarter
// of an array of 2 KiB or more without pointers, which nothing else keeps. The largest group comes first. It reads nothing if such arrays
// are not at least a tenth of all bytes.
//
// A slice is told from other words by its capacity, which reaches to the end of the array in elements of 1, 2, 4, 8 or 16 bytes. So it does not
// find strings, whose length cannot be told from any number behind a pointer, slices whose capacity was cut (s[:8:8]), and those in
// variables of goroutines or directly in global variables.
func (a *Analysis) Views(r io.Reader) ([]Views, error) {
	if float64(a.arrays()) < leastShare*float64(a.Bytes) {
		return nil, nil
	}
	groups := map[[2]uint32]*Views{}
	p := newReader(r, Options{})
	p.visit = func(addr uint64, contents []byte) {
		if holder := a.Dump.find(addr); holder != none && a.walk.number[holder] != none {
			a.viewsIn(holder, p, contents, groups)
		}
	}
	if err := p.begin(); err != nil {
		return nil, err
	}
	for p.record() {
	}
	if err := p.err; err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, errCorrupt) {
		return nil, err
	}
	var list []Views
	for _, v := range groups {
		list = append(list, *v)
	}
	slices.SortFunc(list, func(x, y Views) int {
		return cmp.Or(cmp.Compare(y.Bytes-y.Used, x.Bytes-x.Used), cmp.Compare(x.Array+x.Holder, y.Array+y.Holder))
	})
	return list, nil
}

// arrays returns the bytes of arrays that can be looked at.
func (a *Analysis) arrays() uint64 {
	sum := uint64(0)
	for v, node := range a.walk.order {
		if node < uint32(a.Dump.Len()) && a.array(node) && a.walk.order[a.dom[v]] < uint32(a.Dump.Len()) {
			sum += a.Dump.size(node)
		}
	}
	return sum
}

// array reports whether an object is an array to look at.
func (a *Analysis) array(i uint32) bool {
	s := a.Dump.shapes[a.Dump.shape[i]]
	return s.pointers == 0 && s.size >= leastArray
}

// viewsIn looks at the slices in one object, whose pointers are in p.offsets.
func (a *Analysis) viewsIn(holder uint32, p *reader, contents []byte, groups map[[2]uint32]*Views) {
	d, word := a.Dump, uint64(a.Dump.PointerSize)
	for n, off := range p.offsets {
		if off+3*word > uint64(len(contents)) || n+1 < len(p.offsets) && p.offsets[n+1] < off+3*word {
			continue
		}
		at := d.pointer(contents[off:])
		array := d.find(at)
		if array == none || !a.array(array) || a.dom[a.walk.number[array]] != a.walk.number[holder] {
			continue
		}
		rest := d.addr(array) + d.size(array) - at
		used, ok := usedBy(d.pointer(contents[off+word:]), d.pointer(contents[off+2*word:]), rest)
		if !ok || used*mostUsed >= d.size(array) {
			continue
		}
		key := [2]uint32{d.shape[array], d.shape[holder]}
		if groups[key] == nil {
			groups[key] = &Views{Array: d.describeShape(key[0]), Holder: d.describeShape(key[1])}
		}
		groups[key].Slices++
		groups[key].Bytes += d.size(array)
		groups[key].Used += used
	}
}

// usedBy returns how many bytes a slice shows, if two words can be its length and its capacity, with so many bytes up to the end of its array. An
// array is up to an eighth larger than what was asked for.
func usedBy(length, capacity, rest uint64) (used uint64, ok bool) {
	for size := uint64(1); size <= 16; size *= 2 {
		if length <= capacity && capacity <= rest/size && capacity*size >= rest-rest/8 {
			return length * size, true
		}
	}
	return 0, false
}
