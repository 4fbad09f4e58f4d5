// Package control builds the test binaries of somebody else's packages so that a scheduler of ours decides which goroutine runs next. The packages need no
// change and no import: what changes is the standard library, by the -overlay flag of the go command.
//
//	set, err := control.Build(ctx, control.Config{Dir: "/src/queue", Patterns: []string{"./..."}, Race: true})
//	var unsupported *control.Unsupported
//	if errors.As(err, &unsupported) {
//		// say so, and fall back to stress
//	}
//	defer set.Close()
//
// That a binary was built says that its scheduler asks us. It says nothing of what the program reaches outside: set.Limits names the imports that do, such
// as real sockets and cgo, and nothing behind them is explored.
//
// # Where things are
//
// std/ holds what is changed: std/edits the edits of single declarations, in the format of edit.go, std/add the files that are added to packages of std,
// old or new, std/digests the declarations that the edits were made for, and std/gcflags.txt the flags of the compiler. The package sched is added as it is.
// apply.go applies edits to a text, digest.go recognises declarations, prepare.go writes the result into the cache of the user (os.UserCacheDir),
// prune.go keeps that small, toolchain.go finds the Go that a go.mod selects, flags.go merges the overlay and compiler flags of the user, build.go builds with
// package gotest, and limits.go says what is compiled for control and what that reaches outside. fastrace.go builds with nothing but the one edit in fast/.
//
// # Fail closed
//
// A patched runtime that is not quite the one it was patched for is worse than none. So before every build each declaration that is to be changed is compared
// with those that the edits were made for: the tokens and //go: directives of the whole function, not only the lines around the edit. Any
// difference, also in a patch release, also where the anchor would still be found, is an [Unsupported] error with the list of what differs.
// Then somebody looks at the difference, and writes it down:
//
//	$ GODMODE_TOOLCHAINS="go1.26.9 go1.27.4" go test ./harness/control -run TestDigests -update
//
// # What an overlay may do
//
// Established with go1.26.8 and go1.27.4 on linux/amd64:
//
//   - It may add files to packages of std, runtime, testing and sync/atomic among them, and add packages to std. TestShapes imports such a package from modules
//     of every shape: build tags, cgo, generated files, external tests, internal packages, go.work, vendor, nested modules.
//   - It may not replace files below the module cache, where the toolchains are that a go.mod selects. If GOROOT is a symbolic link to
//     such a toolchain from elsewhere, with GOTOOLCHAIN=local, it may ([Detect] makes the link).
//   - Line numbers and file names in stack traces stay those of the std that the user has: the go command writes the original name into the binary, and a //line
//     comment after each edit (apply.go) restores the number.
//
// # Points in front of sync/atomic
//
// Every function and method of sync/atomic has a scheduling point in front, wherever it is called, with and without the race detector. TestAtomics counts them.
// No assembly is replaced, on any platform. In the edited package the Go function AddInt64 gets another linker symbol, sync/atomic.godmodeAddInt64, and a
// body: the point, and a call of rawAddInt64, whose symbol is sync/atomic.AddInt64. That is the assembly of the platform, or of the race detector, or
// the runtime's code for pointers, and what runtime calls by that symbol has no point.
//
// Without the race detector the compiler replaces a call of AddInt64 by an instruction before anybody sees it. It goes by the name, even where the name is a variable
// of function type. A generic function would escape it, but not in modules whose go.mod says less than go 1.18. So the compiler gets
// -d=ssa/intrinsics/off for all packages outside of std, and for those of std that call these functions (std/gcflags.txt). The price is that in
// the packages under test math.Sqrt, math/bits and the like are ordinary Go code. The rest of std keeps what is built into the compiler, because some of it does not link without
// (sync) or panics (crypto/internal/constanttime, whose one function of this sort gets a body by an edit, for it may be inlined elsewhere). The methods of
// atomic.Int64 and its kin call their functions by names that the compiler does not know, and do not depend on the flag. A method of atomic.Value is one operation.
//
// Packages sync and internal/sync are compiled with the flag off: with the race detector their use of these functions meets points, without it does not. The
// runtime ignores them (godmode.go), since an operation of a mutex is one point. TestBuildsAgree shows that both builds take the same decisions.
//
// The address of a word still does not escape; function values and method values still work.
//
// # Points at plain memory
//
// The compiler can put a call in front of every access to memory that may be shared: it does for the race detector. If packages are compiled with
// that instrumentation (-gcflags=PACKAGE=-race) and the program is linked without the detector, the calls reach std/add/runtime/godmode_memory.go, and
// each is a point. So an update of a plain variable can be divided, without a line of source rewritten. TestMemoryPoints shows it; harness explore
// --memory asks for it.
//
// # A quick start with the race detector
//
// What the race detector does first is to clear 10 MiB of its own data, with a page fault for each 4 KiB. One edit (fast/edits/race.edit, and the
// same in std/edits) asks for huge pages before, and for small ones after. Measured with go1.26.8 on linux/amd64, a test that does nothing: 950 page
// faults instead of 3 680, 12 ms of processor time instead of 20, and at most 22.3 MiB resident instead of 18.9. With huge pages forbidden
// (PR_SET_THP_DISABLE) all three are as ever. None of 14 options of GORACE made a further difference. Of what remains two fifths are the clearing
// itself, done twice: by the kernel and by the detector.
//
// The detector finds the same, in the same words (TestFastRace). A test that races now and then did so in 25 and 20 of 300 processes without the
// edit, and in 23 and 18 with it, under the same two seeds. So [BuildUncontrolled] uses the edit alone ([FastRace]) for stress of anybody's tests; package
// gotest says how many processes that makes a second. The first build with it takes 34 s of processor time, those after it what they always take.
// Where /sys/kernel/mm/transparent_hugepage/enabled is not madvise it builds as ever.
//
// # Choices
//
// Of several cases of a select that are ready, the runtime takes one at random. Here the goroutine asks, in the middle of its operation, and the strategy
// chooses (std/add/runtime/godmode_select.go): a random one draws, dpor, pb and db try each. So select is part of what they exhaust, and a schedule that fails
// holds its choices beside its switches. Without a switch the first case is done, sends before receives, each in the order of the source, until a goroutine
// has executed a hundred operations. Two cases that wait at the same channel are a choice too, made before they wait.
//
// The order of a map, math/rand and crypto/rand are drawn from the seed of the schedule. What dpor, pb and db go through is for one such draw; the child
// counts schedules in which one was made, and the parent does not call them exhausted.
//
// # Cost
//
// The standard library is compiled once per configuration and then comes from the build cache, as it does without an overlay. A test that only
// imports testing, with an empty build cache, on two cores that had other work, one run each, processor time of user and system:
//
//	                     first build    next build
//	go test -c               32 s         0.2 s
//	control.Build            36 s         0.7 s
//	go test -c -race         33 s
//	control.Build, race      39 s         0.8 s
//
// # Speed
//
// On a quiet machine with two cores, by the second of processor time, the start of the process included. TestTwo starts one goroutine and receives from
// it; TestMany has five goroutines lock a mutex 2 000 times each.
//
//	$ go test ./harness/control -run '^$' -bench Child -benchtime 3x
//	TestTwo/rw            53 600 schedules    1.18 million operations
//	TestTwo/portfolio     49 800              1.10
//	TestMany/rw              121              2.42
//	TestMany/portfolio       108              2.16
//
// # What the program sees
//
// Time is virtual and begins in the year 2000, random numbers come from the seed, there are 4 processors, and the goroutines are those that the program has without us.
// The clock stands still while packages are initialised. A collection of garbage is one operation of whoever asks for it; otherwise there is none during a schedule
// unless memory gets short. Finalizers and cleanups run while all others wait, and before a goroutine is called left behind. The goroutine of os/signal belongs to the
// process; a test that waits where a signal may come is not explored.
//
// # Limits
//
// Go 1.26 and 1.27 on linux, darwin (amd64 and arm64) and windows; on windows programs are built, and not run. Only linux/amd64 has been run. For
// linux/arm64, darwin/arm64 and darwin/amd64 a test with all changes has been compiled and linked, for windows/amd64 one with those of sync/atomic.
//
// Code that reaches the assembly of sync/atomic by go:linkname or by assembly of its own has no points. An overlay of the user that replaces a file of std which we
// change is refused. Of the user's -gcflags for single packages of std, those for exceptions in std/gcflags.txt are dropped.
package control
