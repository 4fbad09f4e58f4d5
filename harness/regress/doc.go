// Package regress makes the failures that harness explore has saved into tests that go test runs.
//
//	func TestRegressions(t *testing.T) {
//		regress.Cases(t, "testdata/harness")
//	}
//
// Each case becomes a subtest: the package that it is about is built for control, and the schedule that failed is followed. A case that expects pass, since
// its bug was repaired (harness repro --promote), fails if the bug is back. One that expects fail fails as long as the bug is there. A
// schedule on which the test fails in another way is a failure, too. All end with what happened and the command that shows it again.
//
// A module that does not want godmode in its go.mod gets the same by harness repro --as-test, which writes a test that calls the command.
//
// # What a pass means
//
// The schedule of the case does not fail any more. If the program was edited since, so that its operations are elsewhere, the switches of the schedule are
// looked for where these went, and then a few hundred schedules around it are run; the log says how many. A schedule that was not among them
// may fail: run harness explore now and then.
//
// # When nothing is replayed
//
// Where control is impossible (another version of Go, another platform, no C compiler for a case that needs the race detector) the subtest is skipped,
// and says so. It is also skipped with -short, because the first build of a standard library takes minutes, and in a process that the harness
// itself has started: a test under control controls no others. A skip is no pass: go test -v shows them.
package regress
