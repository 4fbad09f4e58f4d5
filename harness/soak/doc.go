// Package soak runs targets for hours: rounds over many targets and engines within a budget of time, with a journal that survives
// the death of the process, and statistics of what grows.
//
//	report, err := soak.Run(ctx, soak.Config{Targets: targets, For: 8 * time.Hour, Dir: ".harness/soak/nightly"})
//
// # What a soak does
//
// A round is one run of one engine on one target with a seed of its own. Rounds go on until the budget is spent, whatever they find.
// Failures are put into buckets by signature; of each bucket the first, the fastest and the smallest example are kept, with how
// often and at which rate it was seen. Once a bucket has seen [Config].Limit examples more of them are only counted, and a target whose
// buckets are all full gets a quarter of its rounds: what is known must not eat the night.
//
// Before and after each round, when nothing of the target should be left, live memory, goroutines and open descriptors are
// read. Whether they grow is said by [Config].Judge.
//
// # The journal
//
// All that is known is in an append-only file, one JSON record a line, each on the disk before the next step is taken. The state
// of a soak is a pure function of that file ([fold]), and so is what runs next ([state.next]); a run that goes on after a
// SIGKILL computes the same as one that was never killed. At most the running round is lost: it is run again with the
// same seed. A last line that was torn is cut.
//
// A process that dies by itself leaves the Go runtime's last words in a file beside the journal. The round that it died in then
// counts as a failure of kind "crash", and is not run again. A death without last words (SIGKILL, out of memory, os.Exit) may be
// anybody's doing: the round gets a second chance. When the process dies in it again, it is skipped, and its seed is tried once more when its
// target's turn comes. If it ends then, it is forgiven, because a person who kills a soak twice must not accuse a correct target; if the
// process dies twice again, it is a failure of kind "crash"; until then it is reported as one with the status inconclusive.
// A target that brings the process down in three rounds in a row gets no more, so that it cannot stop the soak.
//
// # What a green soak does not prove
//
// It bounds the rate of failures by the number of clean runs, and says by how much; it exhausts nothing. Growth is judged only after
// two dozen rounds without a restart, and only above a floor; below that it is reported as inconclusive, or as the floor.
// Memory that C code or the kernel holds is not seen.
//
// # Where things are
//
// Pure: record.go has the records, plan.go what may run, state.go the fold and the next round, bucket.go the failures, growth.go who judges growth and
// series.go what of, report.go and text.go the report. The edge: run.go the loop, round.go one round,
// journal.go, lock_*.go, crash.go and save.go the files, measure.go and clock.go the machine.
package soak
