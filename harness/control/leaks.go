package control

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/gotest"
)

// leakFiles holds the edits of LeakWatch and what they add. They touch package testing only, so that nothing else of std is compiled again.
//
//go:embed all:leaks
var leakFiles embed.FS

// LeaksVariable names the files into which a program that is built with LeakWatch writes dumps of all its goroutines: its value, something that no other process has, a dot and a
// number, which is 0 for the one before the tests and then counts iterations (-test.count). The first line is the import path, a blank and the name of the first test that
// ran, if one did; the rest is as of runtime.Stack. Without the variable such a program is as any other.
const LeaksVariable = "GODMODE_LEAKS"

// LeakWatch is the change of package testing by which goroutines that a test leaves behind are seen, and known by the name of the test, which is the label harness.test of
// its goroutine and of all that it starts.
func LeakWatch() Sources {
	std, err := fs.Sub(leakFiles, "leaks")
	if err != nil {
		panic(err) // the name is a valid path
	}
	return Sources{Std: std}
}

// BuildLeakWatch builds test binaries as gotest.Build does, with LeakWatch. An *Unsupported error means that this Go has another package testing than those the
// change was made for. Prove has the collector mark goroutines that nobody can wake, in Go 1.26 too, for which std is compiled once more; proves reports whether it does so.
func BuildLeakWatch(ctx context.Context, config gotest.BuildConfig, prove bool) (set *gotest.Set, proves bool, err error) {
	t, err := Detect(ctx, Config{Dir: config.Dir, Env: config.Env, GoCommand: config.GoCommand})
	if err != nil {
		return nil, false, err
	}
	config.Env, config.GoCommand = t.env, t.command
	if t.Minor == "go1.26" && prove {
		config.Env = append(slices.Clone(config.Env), "GOEXPERIMENT="+experiments(config.Env))
	}
	set, err = buildWatched(ctx, config, t)
	return set, prove || t.Minor != "go1.26", err
}

// buildWatched builds with LeakWatch, and with the overlay of the user if there is one.
func buildWatched(ctx context.Context, config gotest.BuildConfig, t Toolchain) (*gotest.Set, error) {
	user, err := parseFlags(t.goflags, config.ExtraFlags)
	if err != nil {
		return nil, err
	}
	standard, err := Prepare(ctx, t, LeakWatch())
	if err != nil {
		return nil, err
	}
	defer hold(standard)()
	temp, err := os.MkdirTemp(config.TempDir, "leaks-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	merged, err := mergeOverlay(standard, user.overlay, config.Dir, temp)
	if err != nil {
		return nil, err
	}
	config.ExtraFlags = append(slices.Clone(config.ExtraFlags), overlayFlag(merged)) // the last one counts
	set, err := gotest.Build(ctx, config)
	if err != nil {
		return nil, err
	}
	if err := brokenStd(set.Binaries, filepath.Base(filepath.Dir(standard))); err != nil {
		return nil, errors.Join(err, set.Close())
	}
	return set, nil
}

// experiments returns the value of GOEXPERIMENT in an environment, the last one counts, with the profile of goroutine leaks.
func experiments(env []string) string {
	const ours = "goroutineleakprofile"
	for _, v := range slices.Backward(env) {
		if before, ok := strings.CutPrefix(v, "GOEXPERIMENT="); ok && before != "" {
			return before + "," + ours
		}
	}
	return ours
}
