// Package lockswap builds test binaries in which the locks of package sync are those of github.com/sasha-s/go-deadlock, without a change of anybody's
// files: the go command is given rewritten copies by an overlay.
//
//	set, swap, err := lockswap.Build(ctx, config, gotest.Build)
//	...
//	fmt.Println(swap) // go-deadlock watches 14 locks in 3 packages; ...
//
// # What is swapped
//
// sync.Mutex and sync.RWMutex in every file of the main module, or of the modules of a go.work, that the tests are built from, test files among them
// (rewrite.go). Locks in dependencies and in std stay as they are. Lines stay where they are, so that what is printed names the user's lines.
//
// go-deadlock comes from the module cache, in the version that godmode requires, and is put below testdata/ of the user's module, in the overlay only:
// no go.mod, go.sum or vendor directory needs to know of it, and any version of Go will do (library.go).
//
// # What cannot be swapped
//
// A *sync.Mutex that is handed to code outside of the module is a type error after the swap. Such a package keeps its locks, those that depend on
// the type with it, and [Swap.Kept] says so (build.go). A file that imports sync with a dot keeps its locks too.
//
// # What go-deadlock says, and what it is worth
//
// It reports a lock that was taken in both orders by anybody at any time, one that a goroutine takes twice, and one that is waited for for longer than a limit.
// The first accuses correct programs: two orders under a common third lock, and two orders in one goroutine. It scans all held locks at each Lock.
// The tracker of package debugtools/owners does neither; both are shown on the same programs there.
package lockswap
