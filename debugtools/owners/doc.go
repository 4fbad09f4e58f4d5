// Package owners builds programs that record who holds which lock, and in which order locks are locked, without a change of their source. What changes is the
// standard library, by the -overlay flag of the go command: internal/sync, sync, and a little of runtime.
//
//	err := owners.Command{Flags: []string{"-o", "server"}, Args: []string{"./cmd/server"}, Stderr: os.Stderr}.Run(ctx)
//	var unsupported *control.Unsupported
//	if errors.As(err, &unsupported) {
//		// there are no edits for this Go; say so, and build as ever
//	}
//
// # What a dump says then
//
// Whatever prints goroutines (a panic, SIGQUIT, runtime.Stack, /debug/pprof/goroutine?debug=2) prints a line for each thing that a goroutine waits for
// and each that it holds, below everything else of it:
//
//	[waits: mutex 0xc000012340 owner=91 at=bank.transfer /src/bank.go:51]
//	[holds: mutex 0xc000012348 at=bank.transfer /src/bank.go:51]
//
// Kinds are mutex, rwmutex, rwmutex-read, chan, waitgroup, cond and once. The owner is read when the dump is made: a goroutine, -1 if it has ended without
// unlocking, 0 if nobody knows. A writer that waits for readers has a line for each of them, a select one for each channel. count is the readers, the counter
// of a wait group, the messages in a channel. A wait group is owed by the goroutines that its method Go has started; who else will call Done is not known.
//
// # How
//
// Each g has a list of what its goroutine holds, and a mutex has a word that says where in which list it is (std/add/runtime/godmode_owners.go.txt). An
// entry counts if the word leads back to it. So a lock that was copied, freed, or unlocked by somebody else is not taken for held, and to
// unlock is a look at one place whether one lock is held or ten thousand. What is printed is read without locks and without
// allocation, as it must be in a signal handler: the compiler refuses everything else there.
//
// # The order of locks
//
// In the mode [Order] a program also writes down what was locked while what was held, and writes a report when it ends, panics or gets SIGQUIT, if the
// environment says GODMODE_ORDER=FILE (the number of the process is added, FILE.1234) or GODMODE_ORDER=-, which children do not inherit. [Parse] reads reports, and [Report.Findings] says
// which locks can deadlock, also if they did not:
//
//	kind                   certainty   what
//	lock-order-cycle       LIKELY 0.95 goroutines lock in a cycle of two to eight locks, and nothing that is known keeps them apart
//	                       LIKELY 0.7  the same, if a writer comes between two readers, or for a goroutine of a timer
//	recursive-read-lock    LIKELY      a reader locks again what others lock for writing
//	lock-class-inversion   LIKELY      locks that are locked at the same places are locked in both orders, and they were not the same locks
//	lock-order-incomplete  NOTE        there was no room, or the end is missing: no finding is no answer
//
// What keeps goroutines apart, so that there is no finding: a lock that all of them hold (a gate), being the same goroutine, a go statement after the one
// and before the other, a channel or a wait group between them, TryLock, readers without a writer, another lock at the same address, or that the lock was unlocked by
// somebody who had not locked it. testdata/programs/order.go has a program for each, and testdata/orders.golden what is found.
//
// The same programs with go-deadlock (TestGoDeadlock), where "-" is that nothing is reported:
//
//	                                                     go-deadlock    this package
//	A in B and B in A, at different times                reported       LIKELY 0.95
//	a cycle of three, at different times                 -              LIKELY 0.95
//	two kinds of locks in both orders, never the same    -              LIKELY
//	the same under a gate                                reported       -
//	the same by one goroutine                            reported       -
//	the same, one after the other by a channel           reported       -
//	TryLock in the other order                           reported       -
//	a goroutine waits for its lock until it is handed on reported       -
//	A in B only                                          -              -
//
// Sure of a cycle is that the locks were locked so, by goroutines that nothing recorded keeps apart. That an atomic, a Cond, a Once, a flag under a lock, a file or
// a clock orders them is not recorded: a program that relies on that for its locks is accused, and the finding says so. This is why no cycle is called PROVED; one
// of 0.95 fails a test all the same ([Fails]). The other way round, a channel that ordered
// two goroutines by chance in this run hides their cycle; run it more often.
//
// At most eight events of an edge, 32 768 edges, 4 096 events and a million locks are written down, and 32 locks of those that are held. Names of
// locks, not their addresses, make an edge. Classes are joined by places where one lock was locked, not by types: two kinds of locks
// that no lock joins are not compared.
//
// # Cost
//
// See BENCHMARKS.md. std is compiled once for each mode, with and without the race detector: half a minute of processor time.
//
// # What it changes
//
// On 64 bits a sync.Mutex has 16 bytes instead of 8, a RWMutex 40 instead of 24, a Once 24 instead of 12. Their old fields stay where they were. What breaks is
// code that declares such a size as a constant (assembly, cgo, an array that stands for a mutex in a copy of the type, a test of unsafe.Sizeof), and
// padding that was counted by hand pads to another size. A word beside the state costs one store; in a table by
// address it would cost another atomic operation, and lock what has nothing to do with each other.
//
// The tests of packages sync, internal/sync and context pass in both modes (TestStd, with GODMODE_NIGHTLY=1). Those of package runtime that know the size of a g do
// not.
//
// # Limits
//
// Go 1.26 and 1.27 where package control has edits. A reader may unlock for another one: RUnlock takes one's own entry, or else that of the last
// reader, or else one of the first thousand goroutines; an entry that nobody took is not printed once the lock has no readers. A goroutine's list
// ends at a million locks. A lock in memory that is not Go's (cgo, mmap) is believed to be held while it is listed. Locks that are not of package sync are
// not seen: those of the runtime, channels used as locks, spinning on atomics.
package owners
