package gotest

import (
	"bytes"
	"context"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/repeat"
	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// TestCheck: what RunConfig.Check finds in the output of a process that passed is a failure of its test.
func TestCheck(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds a test binary")
	}
	dir := t.TempDir()
	files := map[string]string{"go.mod": "module example.com/check\n\ngo 1.26\n",
		"c_test.go": "package check\n\nimport (\n\t\"fmt\"\n\t\"testing\"\n)\n\nfunc TestA(t *testing.T) { fmt.Println(\"mark\") }\n\nfunc TestB(*testing.T) {}\n"}
	if err := writeFiles(dir, files); err != nil {
		t.Fatal(err)
	}
	set, err := Build(context.Background(), BuildConfig{Dir: dir, TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	check := func(output []byte) []signature.Failure {
		if !bytes.Contains(output, []byte("mark\n")) {
			return nil
		}
		return []signature.Failure{{Kind: signature.Order, Signature: "order: x", Title: "x", Count: 1}}
	}
	r, err := Run(context.Background(), RunConfig{Binaries: set.Binaries, Iterations: 2, Workers: 1, Check: check, TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Buckets) != 1 || r.Buckets[0].Count != 2 || r.Buckets[0].Kind != signature.Order || len(r.Buckets[0].First.Output) == 0 {
		t.Errorf("%+v", r.Buckets)
	}
	for _, one := range r.Tests {
		if (one.Test == "TestA") != (one.Verdict == Fail) || one.Runs != 2 {
			t.Errorf("%+v", one)
		}
	}
}
