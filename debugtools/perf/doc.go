// Package perf says in ranked sentences why a Go program is slow: it reads execution traces, profiles and results of benchmarks, and answers with findings
// (package finding) that carry numbers, instead of pictures that somebody has to interpret.
//
// # Execution traces
//
// [ReadTrace] follows every goroutine from state to state: how long it ran, waited for a processor, or was blocked, on what, where, and by whom it was
// woken. [Trace.Findings] turns the sums into sentences: a contended lock and what its holder does meanwhile, a consumer that everybody waits for, a
// processor that a tight loop keeps, timers that fire late, a collector that eats the time.
//
// A trace has no addresses of locks and channels. Two locks that are taken at the same line are one to this package, and what holds a lock is known from
// who unlocks it. What the operating system does with the threads is not in a trace either: a goroutine that runs may in truth wait for a core.
//
// # Profiles
//
// [ReadProfile] reads CPU, mutex, block, goroutine and threadcreate profiles; [Profile.Findings] and [DiffProfiles] say what stands out.
//
// # Benchmarks
//
// [CompareBenchmarks] compares two sets of results with the statistics of golang.org/x/perf, and warns where numbers cannot be compared.
//
// # Failures
//
// A [Recorder] keeps the last seconds of a running program and writes them beside a failure.
package perf
