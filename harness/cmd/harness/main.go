// Command harness runs concurrent code until it fails, and says why.
//
//	harness stress lockfree           the built-in targets of a row
//	harness race ./...                the tests of any module, unchanged
//	harness repro FILE.case           a failure that was saved
//
// Run harness help for all commands, and harness help exit-codes for what the exit codes mean. What a green run does not prove is printed at its end.
package main

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/cli"
	"github.com/concurrency-god-mode/godmode/targets"
)

func main() {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	os.Exit(cli.Main(os.Args[1:], cli.World{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Lookup: os.LookupEnv, Now: time.Now, Signals: signals, Rows: targets.Rows(),
	}))
}
