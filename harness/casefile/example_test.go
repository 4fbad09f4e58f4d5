package casefile_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
)

// A case in memory and in its file.
func ExampleMarshal() {
	c := &casefile.Case{
		Target: "ring", Engine: "check", Kind: "linearizable", Signature: "linearizable: no order explains get",
		Fidelity: casefile.Fidelity{Level: casefile.Exact, Failed: 2, Runs: 2},
		Config:   casefile.Pairs{{Key: "seed", Value: "0x5eed17"}},
		Program:  []casefile.Step{{Client: 0, Op: "put", Arg: "1"}, {Client: 1, Op: "get"}},
		Schedule: []casefile.Decision{{Goroutine: "c0", N: 2, Site: "put:publish", Next: "c1"}},
		Expect:   casefile.ExpectFail,
		Trace:    "c1 gets 0, which nobody put",
	}
	data, err := casefile.Marshal(c)
	fmt.Printf("%s%v\n", data, err)
	fmt.Println(casefile.FileName(c))
	// Output:
	// harness case v1
	// target      ring
	// engine      check
	// kind        linearizable
	// signature   linearizable: no order explains get
	// fidelity    exact 2/2
	// config      seed=0x5eed17
	// step        c0 put 1
	// step        c1 get
	// switch      c0 2 put:publish -> c1
	// expect      fail
	// # c1 gets 0, which nobody put
	// end
	// <nil>
	// ring-linearizable-8757.case
}

// An error has parts, for a command that prints the hint on a line of its own.
func ExampleError() {
	_, err := casefile.Parse([]byte("harness case v2\nend\n"))
	var e *casefile.Error
	if errors.As(err, &e) {
		fmt.Println("harness: error:", strings.TrimSuffix(err.Error(), " ("+e.Hint+")"))
		fmt.Println("harness: hint:", e.Hint)
	}
	fmt.Println(errors.Is(err, casefile.ErrVersion))
	// Output:
	// harness: error: line 1: unknown version: version 2: this harness reads v1
	// harness: hint: update harness
	// true
}
