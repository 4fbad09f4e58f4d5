package sched

import (
	"math"
	"testing"
)

func TestTable(t *testing.T) {
	var small table
	if small.find(7) != -1 {
		t.Error("an empty table finds something")
	}
	want, r := map[uint64]int32{}, random{3}
	for range 2 {
		for range 20_000 {
			key := r.below(5_000) << (r.below(3) * 20) // many again, many with equal low bits
			if _, ok := want[key]; !ok {
				want[key] = int32(len(want))
			}
			if n := small.add(key); n != want[key] || small.find(key) != n {
				t.Fatalf("key %d is %d, not %d", key, n, want[key])
			}
		}
		if small.find(1<<62) != -1 || len(small.keys) != len(want) {
			t.Errorf("%d keys, want %d", len(small.keys), len(want))
		}
		small.clear()
		clear(want)
	}
}

func TestUsual(t *testing.T) {
	var u usual
	for i := range 100 {
		u.learn(60, i)
	}
	if u != 60 {
		t.Errorf("always 60 is usually %d", u)
	}
	for i := range 2_000 {
		n := 60
		if i%8 == 0 {
			n = 100_000 // an execution that spun
		}
		u.learn(n, 100+i)
	}
	if u < 60 || u > 150 {
		t.Errorf("mostly 60 is usually %d", u)
	}
	for i := range 500 {
		u.learn(5_000, 100+i)
	}
	if u != 5_000 {
		t.Errorf("from now on 5000 is usually %d", u)
	}
}

func TestPeak(t *testing.T) {
	var p peak
	for _, n := range []int32{2, 4, 3, 4, 4, 2} {
		p.learn(n)
	}
	if p.count() != 4 {
		t.Errorf("up to 4 counts %d", p.count())
	}
	p.learn(math.MaxInt32)
	for range 300 {
		p.learn(2)
	}
	if c := p.count(); c > 3 {
		t.Errorf("an outlier is not forgotten: %d", c)
	}
	if peak(10).count() != 1 || peak(0).count() != 0 {
		t.Error("what happens at all counts for one, and what does not for none")
	}
}

// feed gives a profile one execution, whose threads touch objects as listed: each object in turn, by key.
func feed(p *profile, lists ...[]uint64) {
	x, numbers := &Exec{}, map[uint64]int32{}
	p.begin()
	for i, list := range lists {
		x.Threads = append(x.Threads, Thread{Key: uint64(100 + i), Parent: int32(i - 1)})
		p.started(x, int32(i))
		for _, key := range list {
			if _, ok := numbers[key]; !ok {
				numbers[key] = int32(len(x.Objects))
				x.Objects = append(x.Objects, Object{key})
			}
			x.Threads[i].Ops++
			if p.learning {
				p.ran(int32(i), Op{Update, numbers[key]})
			}
		}
		p.ran(int32(i), Op{End, NoObject})
	}
	p.end(x, Passed, len(x.Threads), true)
}

// TestProfile: after one execution it knows what each thread does with its descendants, and which objects are shared.
func TestProfile(t *testing.T) {
	p := newProfile()
	feed(p, []uint64{7, 8}, []uint64{7, 7, 9}, []uint64{9})
	if w := p.remaining(); len(w) != 3 || w[0] != 6 || w[1] != 4 || w[2] != 1 {
		t.Errorf("operations with those of descendants: %v", w)
	}
	seen, r := map[uint64]int{}, random{1}
	for range 1000 {
		seen[p.objects.keys[p.choose(&r)]]++
	}
	if seen[8] > 0 || seen[7] < 450 || seen[9] < 400 || seen[7] < seen[9] {
		t.Errorf("objects that are chosen: %v", seen)
	}
	own := make([]int32, 3)
	p.own(p.objects.find(7), own)
	if own[0] != 1 || own[1] != 2 || own[2] != 0 {
		t.Errorf("touches of 7: %v", own)
	}
}

// TestProfileForgets: objects whose keys do not come again are not chosen for long, and do not fill the memory.
func TestProfileForgets(t *testing.T) {
	p, r := newProfile(), random{1}
	key := uint64(1000)
	for range 20_000 {
		list := []uint64{7, key, key + 1, key + 2, key + 3}
		feed(p, list, list)
		key += 4
	}
	if n := len(p.objects.keys); n > mostKeys+5 {
		t.Errorf("%d objects", n)
	}
	again := 0
	for range 1000 {
		if p.objects.keys[p.choose(&r)] == 7 {
			again++
		}
	}
	if again == 0 {
		t.Error("the object that is always there is never chosen")
	}
}

// TestReadOnly: an object that nobody writes to is not worth a schedule, and neither is one that a single thread touches.
func TestReadOnly(t *testing.T) {
	var a accesses
	x := &Exec{Objects: []Object{{1}, {2}}}
	a.log = []access{{0, 0, Read}, {1, 0, Read}, {0, 1, Write}, {0, 1, Write}}
	a.learn(x, []int32{0, 1})
	if o := a.choose(&random{}); o != -1 {
		t.Errorf("object %d", o)
	}
}

// TestDraw: the stream of data choices is even, and differs by seed, thread and position.
func TestDraw(t *testing.T) {
	seen := map[uint64]bool{}
	var bits [64]int
	for seed := range uint64(10) {
		for thread := range uint64(10) {
			for n := range uint64(100) {
				d := Draw(seed, thread, n)
				seen[d] = true
				for b := range bits {
					bits[b] += int(d >> b & 1)
				}
			}
		}
	}
	if len(seen) != 10_000 {
		t.Errorf("%d of 10000 draws differ", len(seen))
	}
	for b, n := range bits {
		if n < 4_800 || n > 5_200 {
			t.Errorf("bit %d is set in %d of 10000", b, n)
		}
	}
}

func TestKeysDiffer(t *testing.T) {
	seen := map[uint64]bool{RootKey: true}
	threads := []uint64{RootKey}
	for len(threads) < 1000 {
		k := ChildKey(threads[len(threads)/3], len(threads))
		threads, seen[k] = append(threads, k), true
	}
	for _, k := range threads {
		for n := -20; n < 20; n++ {
			seen[ObjectKey(k, n)] = true
		}
	}
	if len(seen) != 1000+40*1000 {
		t.Errorf("%d keys, want %d", len(seen), 41_000)
	}
}
