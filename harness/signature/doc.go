// Package signature reads what a failed Go process printed and names the failure, so that the same mistake gets the same name
// in every run.
//
// [Parse] takes the combined output of a Go test binary and how the process ended, and returns the failures found in it: data
// races, panics, fatal errors, deadlocks, hangs, leaked goroutines, failed assertions, silent exits. [ReadTests] says which
// tests started and how each ended. Both are pure functions of their arguments: no file, clock or process is touched.
//
// # Two levels
//
// Every [Failure] carries two names. Signature is exact: functions with file and line. Family has functions only and survives
// edits that move lines. Neither contains addresses, goroutine numbers, argument values, program counters or machine paths.
//
//	race       the unordered pair of (read or write, top user function, file:line)
//	panic      the message with numbers and quoted text replaced, and the first three frames outside the standard library
//	fatal      the same for "fatal error:" and for signals such as SIGSEGV
//	deadlock   the multiset of (wait reason, top user function) over the goroutines that have a user frame
//	hang       the same, read from the dump that SIGQUIT or the test's own time limit produced
//	lock       where two locks were taken in both orders, or one twice: a report of go-deadlock
//	leak       the set of (state, top user function, creator) in a report of goleak
//	assertion  the test, file:line and the message with numbers and quoted text replaced
//	exit       the test, the exit code and the last line printed, when nothing above explains the exit
//	infra      the environment failed (killed from outside, out of memory): neither a pass nor a failure of the program
//
// # Limits
//
// The text of a failed process is not a format: programs print what they like between and inside reports. Parse never panics
// and is linear in the output, but a report that another writer tore apart may get a name of its own. Which of several t.Log
// and t.Error lines made a test fail is not in the text; Parse prefers the first that reads like a complaint. User code is
// what lives outside the standard library; when a whole stack is in the standard library, its first frame outside runtime and
// testing is taken.
package signature
