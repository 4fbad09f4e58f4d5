// Package habits holds no code: its tests read the source of the whole project and enforce what a reviewer would else have to say again and
// again.
//
//   - arch_test.go: which package may import which, and what the step-function cores must not touch.
//   - tidy_test.go: how long functions and files are, what is documented, how much is tested.
//   - banned_test.go: calls that belong to the edge, nameless TODOs, paths of somebody's machine.
//   - docs_test.go and commands_test.go: links and commands in the documents are real.
//   - seeded_test.go: each rule finds the violation that is planted for it, and leaves its correct twin alone.
//
// Everything is read in-process with go/parser. A test that asks go list instead is cached by go test although the tree has changed, and then
// says what was true yesterday.
//
// What a green run does not show: that the code is good. These are only the mistakes that a program can see.
package habits
