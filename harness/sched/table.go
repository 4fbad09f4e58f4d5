package sched

// A table numbers keys from 0 in the order in which they came. It is a hash table with open addressing that is at most half full: no
// random order, and no allocation once it is as large as it needs to be.
type table struct {
	buckets []int32 // number+1, or 0
	keys    []uint64
}

// find returns the number of a key, or -1.
func (t *table) find(key uint64) int32 {
	if len(t.buckets) == 0 {
		return -1
	}
	return t.buckets[t.bucket(key)] - 1
}

// add returns the number of a key, and gives it one if it has none.
func (t *table) add(key uint64) int32 {
	if 2*len(t.keys) >= len(t.buckets) {
		t.grow()
	}
	b := t.bucket(key)
	if t.buckets[b] == 0 {
		t.keys = append(t.keys, key)
		t.buckets[b] = int32(len(t.keys))
	}
	return t.buckets[b] - 1
}

// bucket returns where a key is or would be.
func (t *table) bucket(key uint64) int {
	mask := len(t.buckets) - 1
	b := int(mix(key)) & mask
	for t.buckets[b] != 0 && t.keys[t.buckets[b]-1] != key {
		b = (b + 1) & mask
	}
	return b
}

func (t *table) grow() {
	t.buckets = make([]int32, max(16, 2*len(t.buckets)))
	for i, key := range t.keys {
		t.buckets[t.bucket(key)] = int32(i + 1)
	}
}

func (t *table) clear() {
	clear(t.buckets)
	t.keys = t.keys[:0]
}
