package live

import (
	"cmp"
	"go/version"
	"slices"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

// Bounds of what is read as labels.
const (
	mostLabels   = 1000
	longestLabel = 4096
)

// labelsOf returns the profiler labels of a goroutine, sorted by key. Goroutines share sets of labels, which never change, so each is read once.
func (r *reader) labelsOf(it *item) []dump.Label {
	at := r.field(it, gLabels)
	if all, ok := r.labels[at]; ok || at == 0 {
		return all
	}
	var all []dump.Label
	if version.Compare(r.version, "go1.24") < 0 {
		all = r.labelMap(r.space.word(at))
	} else {
		all = r.labelList(at)
	}
	slices.SortFunc(all, func(a, b dump.Label) int { return cmp.Compare(a.Key, b.Key) })
	r.labels[at] = all
	return all
}

// labelList reads labels as Go 1.24 and later keep them: a slice of pairs of strings.
func (r *reader) labelList(at uint64) []dump.Label {
	head := r.space.bytes(at, 16)
	n := min(word(head, 8), mostLabels)
	var all []dump.Label
	for i := range n {
		all = append(all, r.label(word(head, 0)+32*i, word(head, 0)+32*i+16))
	}
	return all
}

// label reads one label: two strings.
func (r *reader) label(key, value uint64) dump.Label {
	return dump.Label{Key: r.space.str(key, longestLabel), Value: r.space.str(value, longestLabel)}
}

// How Go 1.23 and before lay out a map from string to string (runtime/map.go): buckets of eight with one byte of hash each, the keys, the values, and the
// bucket that follows.
const (
	bucketSlots = 8
	bucketKeys  = 8
	bucketElems = bucketKeys + 16*bucketSlots
	bucketNext  = bucketElems + 16*bucketSlots
	bucketSize  = bucketNext + 8
	hashLeast   = 5 // below are marks: empty, or moved to a larger map
)

// labelMap reads labels as Go 1.22 and 1.23 keep them: a map.
func (r *reader) labelMap(at uint64) []dump.Label {
	head := r.space.bytes(at, 48)
	if word(head, 0) == 0 || word(head, 0) > mostLabels {
		return nil
	}
	b := min(single(head, 9), 10)
	all := r.buckets(nil, word(head, 16), 1<<b)
	if old := word(head, 24); old != 0 && b > 0 {
		all = r.buckets(all, old, 1<<(b-1))
	}
	return all
}

// buckets adds what is in n buckets and those that follow each.
func (r *reader) buckets(all []dump.Label, at uint64, n int) []dump.Label {
	for i := range n {
		next := at + bucketSize*uint64(i)
		for hops := 0; next != 0 && hops < mostLabels && len(all) < mostLabels; hops++ {
			b := r.space.bytes(next, bucketSize)
			for slot := range bucketSlots {
				if single(b, int32(slot)) >= hashLeast {
					all = append(all, r.label(next+bucketKeys+16*uint64(slot), next+bucketElems+16*uint64(slot)))
				}
			}
			next = word(b, bucketNext)
		}
	}
	return all
}
