// Package gotest builds the test binaries of somebody else's packages and runs their tests again and again in processes of
// their own, each under different conditions, until the rare failure shows. The packages need no change and no import.
//
//	set, err := gotest.Build(ctx, gotest.BuildConfig{Dir: "/src/queue", Patterns: []string{"./..."}, Race: true})
//	...
//	defer set.Close()
//	report, err := gotest.Run(ctx, gotest.RunConfig{Binaries: set.Binaries, For: 30 * time.Second})
//
// # Why processes
//
// A panic takes all tests of its process with it, and the race detector reports equal races of one process once. So each
// process runs one top-level test once; what a process started and did not finish is counted as lost, never as passed.
//
// # What is varied
//
// Go code that was compiled without knowledge of the harness can be disturbed only from outside. Each process gets its
// conditions from a [Plan], a pure function of the seed, the test and the number of the run:
//
//   - GOMAXPROCS, over 1, 2, 4, 8 and on to twice the number of CPUs: one value never finds all failures.
//   - GOGC, in three processes of eight: more collections stop and restart goroutines at more places, none (below a memory
//     limit) leaves pools and finalizers alone. A GOGC or GOMEMLIMIT in the environment is respected.
//   - CPU affinity, in one process of four on Linux: all threads on one CPU are preempted by the kernel at arbitrary
//     instructions, between an atomic load and its use for example. The program sees runtime.NumCPU() == 1.
//   - SIGSTOP and SIGCONT, in one process of eight on Unix: one or two pauses of at most 4 ms within the first 30 ms.
//   - -test.shuffle, in half of the processes that run a whole package.
//   - With the race detector, one process in 64 sleeps one second at its end (GORACE atexit_sleep_ms=1000), so that
//     goroutines that outlive their test can still be caught racing. All others do not sleep: the default of one second would
//     make every process as slow. A worker of its own runs these, because they are idle nearly all the time.
//
// All of these can happen to a correct program on a loaded machine, and none changes what the language promises.
// RunConfig.Calm leaves only GOMAXPROCS. Not varied, though it would be easy: GODEBUG=asyncpreemptoff=1, under which
// a loop that waits for an atomic flag may never let the goroutine run that sets it. That program is correct, and would hang.
//
// # Verdicts
//
// A test is ok only if it ran to its end at least once and never failed; the report then says how rarely it may still fail.
// A test that was skipped, or never ran, or whose processes were killed from outside (by the kernel for want of memory, say)
// is inconclusive. A process that was cancelled counts for nothing.
//
// # Limits
//
// Copies of one test run at the same time in the same directory, as they do not under go test. A test that listens on a fixed
// port or writes a fixed file meets its own copies; such failures carry a hint, and Workers: 1 settles the question.
// A test that relies on another test of its package having run before fails alone; Isolate: Package runs them together.
// Nothing that a process starts outlives it as long as it stays in the process group (Unix; elsewhere, and for processes that
// leave the group, only the test process itself is certain to be ended).
package gotest
