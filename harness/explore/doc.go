// Package explore runs the tests of somebody's packages under controlled schedules: in child processes, over all cores, until one fails or the budget is
// spent. What fails is replayed in fresh processes, minimised, explained, and saved as a case that replays exactly.
//
//	set, err := explore.Build(ctx, explore.BuildConfig{Patterns: []string{"./..."}})
//	...
//	defer set.Close()
//	summary, err := explore.Run(ctx, explore.Config{Packages: set.Packages, Now: time.Now}, out.Emit)
//
// # Limits
//
// A schedule that was not tried may fail. Only "exhausted" means that none was left out, and then only of the orders of operations and of the cases that
// selects take: what a test reads from outside is what it was. A test is called explored only if its first schedule, run twice in fresh processes, took
// the same decisions; if it did not, or if the test reaches for something that no schedule decides, it is run under stress with injected yields instead, and
// its verdict says so and is "skipped". State that a test leaves in its process is seen by the next schedule: a failure that needs it is found, but cannot
// be minimised, and is replayed together with the schedules before it.
//
// # After an edit
//
// A case holds switches by goroutine and count of operations. Beside each stands an anchor: the kind of the operation, its function, its line of text, and
// which of those it is. A replay follows the switches as they are. If it passes because the program was edited, the switches are looked for by their anchors, in
// rounds, since each replay shows the way to the next one; then the schedules are tried in which one switch of a short list is up to three
// operations off; then a few hundred others. What fails then has the signature of the case, and the replay says which way it was found. It is a
// heuristic: an edit may hide the failure from all of these, and a search that found nothing says how many schedules that was.
//
// # Generated programs
//
// A test that calls harness.Test runs one generated program of its target in each schedule, and judges the history by the model, the invariants and the properties that
// the target declares: their verdicts are failures like any other. The child goes on to another program every few dozen schedules (generate.go), so nothing here is
// said about one program alone, and such a test is never called exhausted. A program that failed is made smaller first (shrink.go), then its schedule.
//
// Beside the operations of the target itself, schedules are decided in front of each call; for every other program at the points that the target names (Env.Hook), so
// that plain accesses are reached too; and where schedules are enumerated also behind each call, because which of two calls ended before the
// other began is part of the history and would otherwise not be seen to differ. Making the target is not a matter of schedules until it starts goroutines.
//
// # Where things are
//
// A child is one process that runs schedules of one test: request.go is what it is asked, event.go what it answers, trace.go what it leaves behind if it
// dies, child.go starts and guards it. A trial (trial.go) takes one test from the saved cases through the baseline (baseline.go) and the chunks
// of schedules (chunk.go, generate.go) to its verdict (verdict.go); program.go knows what clients of a target do, shrink.go makes it less;
// investigate.go replays and minimises, case.go saves and loads, replay.go, anchor.go and seek.go run a case again. run.go runs all trials. stress.go is
// the way out where control is impossible. build.go builds, and canary.go proves on two seeded bugs and a correct twin that what was built works.
package explore
