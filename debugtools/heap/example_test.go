package heap_test

import (
	"bytes"
	"fmt"

	"github.com/concurrency-god-mode/godmode/debugtools/heap"
)

// A list of three objects that a global variable holds, whose last a goroutine holds as well.
func ExampleRead() {
	d, err := heap.Read(bytes.NewReader(small()), heap.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	a := d.Analyse()
	for _, k := range a.Keepers() {
		fmt.Printf("%d bytes in %d objects: %s\n", k.Bytes, k.Objects, k.String())
	}
	fmt.Println(d.Paths().To(1))
	// Output:
	// 32 bytes in 2 objects: global data+0x8
	// 16 bytes in 1 objects: global data+0x8 and goroutine main.worker
	// global data+0x8 -> 16 B with 1 pointer x 2
}

// What grows from round to round, in this process. Two profiles of a program at rest differ by what it keeps.
func ExampleDiffProfiles() {
	before, err := heap.Checkpoint()
	if err != nil {
		fmt.Println(err)
		return
	}
	keep(4) // 32 MB
	after, err := heap.Checkpoint()
	if err != nil {
		fmt.Println(err)
		return
	}
	grown, err := heap.DiffProfiles(before, after)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(heap.Size(grown[0].Bytes), grown[0].Objects, "objects, noise:", grown[0].Noise)
	kept = nil
	// Output: 32 MB 4 objects, noise: false
}

// Findings are sentences with evidence.
func ExampleGrowthFindings() {
	grow := func(n int) *heap.Analysis {
		b := new(builder).begin(64 << 20)
		var list []uint64
		for i := range n {
			list = append(list, uint64(base+32<<20+65536*i))
			b.object(list[i], 8192)
		}
		b.object(base, 64, list...)
		b.globals(base)
		d, _ := heap.Read(bytes.NewReader(b.bss()), heap.Options{})
		return d.Analyse()
	}
	for _, f := range heap.GrowthFindings(grow(2), grow(12)) {
		fmt.Println(f.Certainty, f.Title)
		fmt.Println(f.Evidence[0])
	}
	// Output:
	// LIKELY what global data+0x0 keeps has grown by 640 KB in 10 objects, from 128 KB to 768 KB
	// 640 KB more in 10 objects: 64 KB without pointers
}
