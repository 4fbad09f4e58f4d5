// Package growth answers one question about a series of numbers: does it go on growing? It says so of a leak, and not of a program that
// only warms up.
//
//	r := growth.Measure(300, func() { cache.Put(key(), value()) })
//	for _, f := range r.Findings() {
//		fmt.Println(f.Title) // heap grows by 256 B an iteration (95 %: 255 B to 257 B)
//	}
//
// # Why a trend test is not enough
//
// A process without a leak climbs too. Pools, caches and the tables of the runtime fill up to the mark of their highest water, in ever rarer steps.
// A trend test calls that a trend, and it is right: only, it is no leak. Two things tell them apart. What fills up does so early and slows down; a leak
// goes on at the same rate. And what fills up is bounded; a leak is as large as you have patience.
//
// [Judge] holds the rule, a function of numbers and nothing else. [Measure] takes the numbers: of this process, when nothing of the function under
// test should be left, after two collections. If the rule says that something grows, Measure does not believe it yet: it goes on for as long again, and
// asks whether there is more growth in more time; meanwhile it counts which calls allocate what stays.
//
// # What a verdict does not say
//
// Steady means that the second half of the run stayed within a floor: 16 KiB of heap, say. A leak that is smaller than the floor in so many iterations is
// not seen; it takes more iterations. Inconclusive means that the numbers fit a leak and something harmless: that is never a pass. Grows is a matter of statistics,
// so it is never more than likely; VALIDATION.md has how often it errs, on workloads it was not tuned with, and how others fare there. Memory of C and of
// the kernel is not seen.
package growth
