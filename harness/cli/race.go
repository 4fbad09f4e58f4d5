package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/concurrency-god-mode/godmode/harness/signature"
	"github.com/concurrency-god-mode/godmode/harness/stats"
	"github.com/spf13/cobra"
)

// raceCommand returns the command race.
func (a *app) raceCommand() *cobra.Command {
	o := &options{}
	cmd := &cobra.Command{
		Use:   "race ROW | ROW/TARGET | ROW/TARGET#BUG | all | PACKAGE...",
		Short: "stress in a binary with the race detector",
		Long: `Race builds a binary with the race detector, and runs each target in a process of its own, or the tests of packages in many. A data race
is counted every time it happens, and bucketed by the two accesses. It needs cgo and a C compiler, as go build -race does.`,
		Example:           "  harness race lockfree\n  harness race ./... --run TestQueue --for 1m",
		ValidArgsFunction: a.complete,
		RunE:              func(cmd *cobra.Command, args []string) error { return a.start(cmd, args, harness.Race, o) },
	}
	o.outputFlags(cmd.Flags())
	o.budgetFlags(cmd.Flags(), usualBudget)
	o.packageFlags(cmd.Flags())
	return cmd
}

// runRace runs targets in children with the race detector.
func (a *app) runRace(ctx context.Context, list []chosen, cfg harness.Config) error {
	out, err := a.open()
	if err != nil {
		return err
	}
	out.Emit(a.startEvent(harness.Race, list))
	race := &racer{app: a}
	defer race.close()
	out.Emit(report.Event{Kind: report.Run}) // the binary is being built
	if _, err := race.binary(ctx); err != nil {
		out.stop()
		return cannot("go build -race needs cgo and a C compiler; run harness in a checkout, or install a released version", err)
	}
	for _, c := range list {
		if ctx.Err() != nil {
			break
		}
		a.raceTarget(ctx, out, race, c, cfg)
	}
	return out.finish(asTallied)
}

// raceTarget runs one target in a child.
func (a *app) raceTarget(ctx context.Context, out *output, race *racer, c chosen, cfg harness.Config) {
	about := report.Event{Engine: string(harness.Race), Package: c.target.Row, Target: c.target.Name, Bug: c.bug}
	out.Emit(as(about, report.Run))
	if why := c.target.Skip[harness.Race]; why != "" {
		about.Status, about.Message = report.Skipped, why
		out.Emit(as(about, report.Verdict))
		return
	}
	seen, err := race.stress(ctx, c, cfg, func(e report.Event) {
		e.Engine, e.Package, e.Target, e.Bug = about.Engine, about.Package, about.Target, about.Bug
		out.Emit(e)
	}, "")
	if err != nil {
		about.Status, about.Message = report.Errored, err.Error()
		out.Emit(as(about, report.Verdict))
		return
	}
	v := as(about, report.Verdict)
	if seen.verdict != nil {
		v = *seen.verdict
		v.Engine, v.Package, v.Target, v.Bug = about.Engine, about.Package, about.Target, about.Bug
	}
	for _, b := range seen.buckets {
		f := race.failure(ctx, c, cfg, b, seen.histories)
		e := a.violation(about, f, a.save(f))
		e.Rate = b.rate(seen.histories)
		out.Emit(e)
	}
	out.Emit(raceVerdict(v, seen))
}

// raceVerdict corrects the verdict of the child by what only the parent saw.
func raceVerdict(v report.Event, seen *sighting) report.Event {
	v.Failures += int64(len(seen.buckets))
	switch {
	case len(seen.buckets) > 0:
		v.Status, v.Message = report.Violated, ""
	case seen.verdict == nil:
		v.Status, v.Message = report.Inconclusive, "the process ended without a verdict: "+seen.end
	case v.Status == report.Held:
		v.Details = append(v.Details, "no race")
		v.NotProved = append(v.NotProved, "the detector sees races between accesses that happened, in orders that happened")
	}
	return v
}

// A bucket holds the failures of one signature that a child printed.
type bucket struct {
	signature.Failure
	first   int64 // number of the first history that showed it, from 1
	count   int64 // histories that showed it
	reports int64
	after   time.Duration
}

// rate estimates how often a history fails so.
func (b *bucket) rate(histories int64) *report.Rate {
	if histories <= 0 {
		return nil
	}
	i := stats.ClopperPearson(int(min(b.count, histories)), int(histories), 0.95)
	return &report.Rate{Estimate: float64(b.count) / float64(histories), Low: i.Low, High: i.High}
}

// failure turns a bucket into a failure with a program that shows it, as small as a few seconds of trying make it.
func (r *racer) failure(ctx context.Context, c chosen, cfg harness.Config, b *bucket, histories int64) *harness.Failure {
	f := &harness.Failure{
		Verdict: harness.Violation(string(b.Kind), b.Title, readable(b.Excerpt)),
		Target:  c.target.ID(), Bug: c.bug, Engine: harness.Race, Signature: b.Signature,
		First: b.first, Count: b.count, Runs: histories, After: b.after, Race: true,
	}
	if b.first < 1 {
		return f
	}
	p, seed := harness.HistoryProgram(c.twin(), cfg, b.first)
	f.Program, f.Seed, f.Clients, f.Operations = p, seed, p.Clients(), len(p)
	r.minimise(ctx, c, f)
	return f
}

// Bounds of minimising a race: every candidate is a process.
const (
	raceShrinkFor = 8 * time.Second
	raceRuns      = 400
)

// minimise measures how often the program of a race shows it, and makes the program smaller.
func (r *racer) minimise(ctx context.Context, c chosen, f *harness.Failure) {
	end := r.Now().Add(raceShrinkFor)
	f.Reproduced, f.Replays = r.measure(ctx, f, f.Program)
	if f.Reproduced == 0 {
		return
	}
	p := harness.ShrinkProgram(c.target, f.Program, 60, func(p harness.Program) bool {
		if r.Now().After(end) || ctx.Err() != nil {
			return false
		}
		failed, _ := r.measure(ctx, f, p)
		return failed > 0
	})
	if failed, runs := r.measure(ctx, f, p); failed > 0 {
		f.Program, f.Reproduced, f.Replays = p, failed, runs
	}
}

// measure runs a program in a child until it has shown the race, and returns how many of how many runs did: one of n, or none of all.
func (r *racer) measure(ctx context.Context, f *harness.Failure, p harness.Program) (failed, runs int) {
	g := *f
	g.Program = p
	seen, err := r.again(ctx, g.Case(casefile.Here(r.Now())), raceRuns, raceShrinkFor)
	if err != nil {
		return 0, 0
	}
	return seen.matched, int(seen.histories)
}

// hunt looks for a race in a seeded bug.
func (r *racer) hunt(ctx context.Context, c chosen, cfg harness.Config, about report.Event) (report.Event, error) {
	seen, err := r.stress(ctx, c, cfg, func(report.Event) {}, anyFailure)
	if err != nil || len(seen.buckets) == 0 {
		return report.Event{}, err
	}
	b := seen.buckets[0]
	f := r.failure(ctx, c, cfg, b, seen.histories)
	var s saved
	if r.casesGiven {
		s = r.save(f)
	}
	return r.violation(about, f, s), nil
}

// arguments returns the flags that make a child run a target as cfg says.
func arguments(c chosen, cfg harness.Config) []string {
	args := []string{"stress", c.selector(), "--json", "--progress=never", "--no-cases", "--mark", "--color=never",
		fmt.Sprintf("--seed=%#x", cfg.Seed), "--iterations=" + strconv.Itoa(cfg.Iterations), "--for=" + cfg.For.String(),
		"--goroutines=" + strconv.Itoa(cfg.Goroutines), "--ops=" + strconv.Itoa(cfg.Ops)}
	if cfg.LockCheck {
		args = append(args, "--lockcheck=go-deadlock")
	}
	return args
}

// again runs a case in a child with the race detector.
func (r *racer) again(ctx context.Context, c *casefile.Case, runs int, limit time.Duration) (*sighting, error) {
	dir, err := r.directory()
	if err != nil {
		return nil, err
	}
	path, err := casefile.Write(filepath.Join(dir, "case"+strconv.Itoa(r.serial())), c)
	if err != nil {
		return nil, err
	}
	return r.child(ctx, []string{"repro", path, "--in-process", "--mark", "--iterations=" + strconv.Itoa(runs), "--for=" + limit.String(),
		"--progress=never", "--json"}, nil, c.Signature)
}

// errNoVerdict is what a child that cannot even start is called.
var errNoVerdict = errors.New("the process with the race detector did not run")

// brief returns the last lines of what a process said.
func brief(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], "; ")
}
