// Package owners builds programs that record who holds which lock, without a change of their source. What changes is the standard library, by the -overlay
// flag of the go command: internal/sync, sync, and a little of runtime.
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
// # What it changes
//
// On 64 bits a sync.Mutex has 16 bytes instead of 8, a RWMutex 40 instead of 24, a Once 24 instead of 12. Their old fields stay where they were. What breaks is
// code that declares such a size as a constant (assembly, cgo, an array that stands for a mutex in a copy of the type, a test of unsafe.Sizeof), and
// padding that was counted by hand pads to another size. A word beside the state costs one store; in a table by
// address it would cost another atomic operation, and lock what has nothing to do with each other.
//
// # Limits
//
// Go 1.26 and 1.27 where package control has edits. A reader may unlock for another one: RUnlock takes one's own entry, or else that of the last
// reader, or else one of the first thousand goroutines; an entry that nobody took is not printed once the lock has no readers. A goroutine's list
// ends at a million locks. A lock in memory that is not Go's (cgo, mmap) is believed to be held while it is listed. Locks that are not of package sync are
// not seen: those of the runtime, channels used as locks, spinning on atomics.
package owners
