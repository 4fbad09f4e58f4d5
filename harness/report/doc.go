// Package report carries what a run has to say: one stream of events, and renderers that turn it into text for people, JSON for
// programs, JUnit for CI servers, and a live line for those who wait.
//
// An engine, or the command around it, emits an [Event] at a time into a [Multi], which stamps it and passes it on:
//
//	out := report.NewMulti(clock, live, report.NewText(os.Stdout, report.TextOptions{}), junit)
//	out.Emit(report.Event{Kind: report.Start, Engine: "stress", Package: "lockfree", Seed: 0x5eed17})
//	out.Emit(report.Event{Kind: report.Verdict, Target: "treiber-stack", Status: report.Held, Histories: 920})
//	...
//	err := out.Close()
//
// Renderers see nothing but events, so that none can know more than another: what the text says is in the JSON, and a stored
// stream gives the same text again. [Decode] reads the JSON, which is also how a child process reports to its parent.
//
// No part of the package reads a clock: times come with the events, or from a function that is given. The output of a list of
// events is therefore always the same, byte by byte.
//
// # Where things are
//
// event.go has the event, status.go the outcomes, exit.go the exit codes, seed.go the token that names a seed, numbers.go how
// numbers are printed; sink.go, json.go, text.go, live.go and junit.go have the renderers, decode.go the reader, terminal.go what
// is known about terminals and colour. README.md documents the JSON.
package report
