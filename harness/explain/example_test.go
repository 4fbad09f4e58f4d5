package explain_test

import (
	"os"

	"github.com/concurrency-god-mode/godmode/harness/explain"
)

// A goroutine locks what it holds.
func ExampleText() {
	lock, again := explain.Site{Func: "cache.(*Cache).Get", File: "/src/cache/cache.go", Line: 14}, explain.Site{Func: "cache.(*Cache).fill", File: "/src/cache/cache.go", Line: 23}
	e := &explain.Execution{
		Test:    "TestGet",
		Failure: "deadlock",
		Threads: []explain.Thread{{ID: 3, Parent: 1, Func: "cache.TestGet.func1", Site: explain.Site{Func: "cache.TestGet", File: "/src/cache/cache_test.go", Line: 9}}},
		Objects: []explain.Object{{ID: 0, Type: "sync.Mutex", Name: "c.mu"}},
		Steps: []explain.Step{
			{Thread: 3, Kind: "Lock", Object: 0, Site: lock},
			{Thread: 3, Kind: "Lock", Object: 0, Site: again, Blocked: true},
		},
		Waiting: []explain.Waiting{{Thread: 3, Reason: "sync.Mutex.Lock", Object: 0, Holder: -1, Stack: []explain.Site{again, lock}}},
	}
	if err := explain.Text(os.Stdout, e, explain.Options{}); err != nil {
		panic(err)
	}
	// Output:
	// deadlock: G3 TestGet.func1 locks at cache.go:23 what it has held itself since cache.go:14
	//
	//   1 goroutine waits, and nothing can wake it:
	//     G3 TestGet.func1  waits at sync.Mutex.Lock  cache.go:23
	//         for c.mu; held by itself since cache.go:14
	//
	//     step  G3 TestGet.func1
	//        1  Lock :14
	//        2  Lock :23 waits
	//           ---- deadlock: nobody can run
	//
	//     :N is a line of cache.go
}
