// Package leak finds goroutines that outlive what started them, and says whose they are: which go statement started them, in which test, and what they wait
// for.
//
//	func TestQueue(t *testing.T) {
//		leak.Check(t) // first, and works under t.Parallel
//		...
//	}
//
//	func TestMain(m *testing.M) { os.Exit(leak.Main(m)) }
//
// # How a goroutine is told from those of other tests
//
// Goroutines inherit the profiler labels of who starts them. [Check] labels the goroutine of its test, so that all that it starts, and what those start, carries the test's
// name, whatever runs beside it. Code that sets labels of its own loses that one; then the parents tell, which every dump names. What neither tells
// is a goroutine without the label whose parent has ended: it is the test's if no other test ran beside it, and otherwise nobody's, which Check says in
// the log, and [Main] as an error.
//
// goleak, which everybody uses for tests that run one after another, looks at all goroutines of the process and so cannot do this; Main asks it, and
// explains what it finds.
//
// # Leaks that are none
//
// Some goroutines stay on purpose: idle connections that http keeps, what passes on signals, what copies the output of a process that runs. They are named
// as such in the log and accuse nobody. Others are your own and stay because that is what they are for: list them in [Config].Ignore.
//
// One run of a test cannot tell a helper that is started once from a leak. Several can: [Repeat] calls a function again and again and accuses what is left behind
// each time, at a rate; what is left once is only mentioned. harness leaks does the same with the tests of any package, without a change to it.
//
// # A second opinion
//
// [Unreachable] asks the collector of Go for goroutines that nobody can wake any more, because nobody can reach what they wait for. That is a proof, where there
// is one: it is blind to goroutines that wait for something which a global variable or a live object can reach, to timers and the network, and to
// a lock so small that it shares its memory with something alive. It needs Go 1.27, or 1.26 with GOEXPERIMENT=goroutineleakprofile.
//
// # What is not seen
//
// Goroutines that wait for I/O in C code look like any that run. A goroutine that sleeps may wake and end: it counts as left after [Config].Patience, and the finding says that
// it slept. Labels of the test's own goroutine are replaced.
//
// # Where things are
//
// Pure, on dumps: kin.go tells whose a goroutine is, daemon.go what stays on purpose, survivors.go what is left behind each time, sentence.go how it is said. The
// edge: snapshot.go takes dumps, check.go and main.go are for tests, repeat.go calls again and again, unreachable.go asks the collector.
package leak
