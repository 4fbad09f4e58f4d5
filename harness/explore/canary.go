package explore

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/control"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// canaryText is a test with two seeded bugs and a correct twin. Each run builds it the same way as the tests that it explores, and must find the bugs and
// nothing else: control that has silently stopped to work would find nothing, which would look like a pass.
//
//go:embed canary/canary_test.go.txt
var canaryText []byte

// ErrCanary is wrapped by the error of a build whose canary sang wrong: what it would find, or not find, means nothing.
var ErrCanary = errors.New("the control of schedules does not work here")

// canarySchedules are enough to find the bugs of the canary: each is in about one of three schedules.
const canarySchedules = 200

// canary builds the canary and explores it.
func canary(ctx context.Context, c BuildConfig, race bool) error {
	dir, err := os.MkdirTemp(c.TempDir, "harness-canary-")
	if err != nil {
		return fmt.Errorf("making a directory for the canary: %w", err)
	}
	defer os.RemoveAll(dir)
	for name, text := range map[string][]byte{"go.mod": []byte("module canary\n\ngo 1.26\n"), "canary_test.go": canaryText} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return fmt.Errorf("writing the canary: %w", err)
		}
	}
	env := append(c.environ(), "GOFLAGS=", "GOWORK=off")
	set, err := control.Build(ctx, control.Config{Dir: dir, Race: race, Env: env, TempDir: c.TempDir, BuildFlags: []string{"-ldflags=-w"}})
	if err != nil {
		return err
	}
	defer set.Close()
	b := set.Binaries[0]
	if !b.Runnable() {
		return fmt.Errorf("%w: the canary does not compile: %s", ErrCanary, b.BuildError)
	}
	p := Package{ImportPath: "canary", Dir: dir, Plain: b.Path}
	if race {
		p.Plain, p.Race = "", b.Path
	}
	return sing(ctx, p, c)
}

// sing explores a canary, and says what is wrong with what it found.
func sing(ctx context.Context, p Package, c BuildConfig) error {
	config := Config{Packages: []Package{p}, Run: "TestDeadlock|TestCorrect", Schedules: canarySchedules, Seed: 1, Stress: -1, TempDir: c.TempDir, Now: c.Now,
		Silence: 20 * time.Second, cursory: true}
	want := map[string]string{"TestDeadlock": "deadlock", "TestCorrect": ""}
	if p.Race != "" {
		config.Run, want["TestRace"] = "", "race"
	}
	found, verdicts := map[string]string{}, map[string]report.Event{}
	_, err := Run(ctx, config, func(e report.Event) {
		switch e.Kind {
		case report.Violation:
			found[e.Target] = e.Property
		case report.Verdict:
			verdicts[e.Target] = e
		}
	})
	if err == nil {
		err = ctx.Err()
	}
	for test, kind := range want {
		switch v := verdicts[test]; {
		case err != nil:
		case found[test] != kind:
			err = fmt.Errorf("%w: in the canary's %s, %s was found instead of %s in %d schedules; %s", ErrCanary, test, orNothing(found[test]), orNothing(kind), v.Schedules, v.Message)
		case kind == "" && v.Status != report.Held:
			err = fmt.Errorf("%w: the canary's %s: %s", ErrCanary, test, v.Message)
		}
	}
	return err
}

func orNothing(kind string) string {
	if kind == "" {
		return "nothing"
	}
	return kind
}
