// Package gotest builds the test binaries of somebody else's packages and runs their tests again and again in processes of
// their own, each under different conditions, until the rare failure shows. The packages need no change and no import.
//
//	set, err := gotest.Build(ctx, gotest.BuildConfig{Dir: "/src/queue", Patterns: []string{"./..."}, Race: true})
//	...
//	defer set.Close()
//	config := gotest.RunConfig{Binaries: set.Binaries, For: 30 * time.Second}
//	report, err := gotest.Stream(ctx, config, gotest.StreamConfig{CaseDir: "testdata/cases"}, out.Emit)
//
// # Where things are
//
// [Build] makes a [Set] of binaries (build.go). [Run] runs them and returns a [Report] of tests and buckets (run.go holds the loop,
// schedule.go who is next, plan.go under which conditions, worker.go and process.go one process, tally.go and bucket.go the books).
// [Stream] is Run for a command: it emits the events of package report and saves a case for each bucket (stream.go, verdict.go, cases.go).
// [Repro] runs a saved case again (repro.go).
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
// # Buckets and cases
//
// Failures are sorted by the Signature of package signature; one bucket is one mistake, whichever tests show it. A bucket knows in how many
// runs of these tests it was seen, with the interval of Clopper and Pearson. It holds the output of the first process only, and there
// are at most 256 of them and 64 MiB of outputs, so that a long run needs no more memory than a short one.
//
// A case has Package, Test and Signature; the plan of the first process under config (seed, gomaxprocs, gogc, cpu, pauses, shuffle, late),
// beside origin (the seed of the run), workers, timeout, family, and where they matter isolate, run, calm, args and build (JSON lists);
// the variables of RunConfig.Env and, if set, GODEBUG, GOEXPERIMENT, GOFLAGS, GOGC and GOMEMLIMIT under env; and "statistical k/n". It is
// written when the bucket is found, as best-effort, and again with the rate at the end. NAME.txt beside NAME.case is the complete output
// of the first process that ever failed so. A later run never overwrites either.
//
// A plan disturbs but does not decide, so a case is replayed statistically: [Repro] says how often. Only a program that takes
// its decisions from HARNESS_RUN_SEED, as a test of harness.Test may, is decided by the plan.
//
// # Speed
//
// What a worker costs beside its processes is mostly the conditions that it varies. On a quiet virtual machine with two cores, a test that does
// nothing, processes a second of one worker, one run; and beside it the same binary started bare, one after another:
//
//	$ go test -run '^$' -bench Processes/plain -benchtime 300x ./harness/gotest
//	plain      worker 453      bare 592
//
// A race-built process costs several times as much before its test begins: the detector clears 10 MiB of its data, in 2 560 page faults. Where Linux
// gives huge pages to who asks for them, package control builds binaries that ask (control.BuildUncontrolled, which the commands use). Both kinds in turn,
// on the same quiet machine, processes a second:
//
//	$ go test -run '^$' -bench FastRace -benchtime 600x ./harness/control
//	                               worker    bare    processor time of a bare process
//	as go test -race builds          46       48        21.0 ms
//	as package control builds        69       75        13.8 ms
//
// Two longer runs (-benchtime 1500x) of the worker gave 46 and 70, 48 and 73. With other work (load average 8 to 15) the worker had 23 to 33, and 43
// to 47. Without atexit_sleep_ms=0 each process would take a second more.
//
// # Limits
//
// Goroutines that a test leaves behind are seen only if the test looks for them, as with goleak: a process that ends takes
// them with it, and nothing in a binary that was built without knowledge of the harness could count them before.
//
// Copies of one test run at the same time in the same directory, as they do not under go test. A test that listens on a fixed
// port or writes a fixed file meets its own copies; such failures carry a hint, and Workers: 1 settles the question.
// A test that relies on another test of its package having run before fails alone; Isolate: Package runs them together.
// Nothing that a process starts outlives it as long as it stays in the process group (Unix; elsewhere, and for processes that
// leave the group, only the test process itself is certain to be ended).
package gotest
