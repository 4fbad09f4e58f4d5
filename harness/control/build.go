package control

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/gotest"
)

// A Config says which packages to build and how. The zero value builds the package in the current directory.
type Config struct {
	// Dir is the directory in which the go command runs, "" for the current one. Its go.mod, go.work and vendor directory count.
	Dir string
	// Patterns are package patterns as for go test; none means ".".
	Patterns []string
	// Race builds with the race detector.
	Race bool
	// BuildFlags are those of the user: -tags=..., -mod=vendor, also -overlay and -gcflags, which are merged with ours.
	BuildFlags []string
	// Env is the environment of the go command; nil means that of this process.
	Env []string
	// TempDir is where the directory of the binaries is made, "" for the default of the system.
	TempDir string
	// GoCommand is the go command to ask for the toolchain, "" for the one in PATH.
	GoCommand string
	// Sources are the changes of std. The zero value means DefaultSources.
	Sources Sources
}

// command returns the go command.
func (c Config) command() string {
	if c.GoCommand == "" {
		return "go"
	}
	return c.GoCommand
}

// environ returns a copy of the environment of the go command.
func (c Config) environ() []string {
	if c.Env == nil {
		return os.Environ()
	}
	return append([]string(nil), c.Env...)
}

// sources returns the changes of std.
func (c Config) sources() Sources {
	if c.Sources.Std == nil {
		return DefaultSources()
	}
	return c.Sources
}

// A Set is the outcome of a build. Close removes its files.
type Set struct {
	Binaries  []gotest.Binary // in the order of go list; one that does not compile has a BuildError
	Toolchain Toolchain
	Limits    []Limit // what in these programs cannot be controlled
	Scope     Scope   // how much of them can
	Overlay   string  // the file that was given to -overlay

	built *gotest.Set
	temp  string
}

// Close removes the binaries. It can be called more than once.
func (s *Set) Close() error { return errors.Join(s.built.Close(), os.RemoveAll(s.temp)) }

// Build builds the test binaries of packages with the changed std. A package that does not compile is an entry of the set with a BuildError. An
// *Unsupported error means that these programs cannot be controlled, with the reason; any other, that the go command could not work at all. Builds do not
// disturb each other.
func Build(ctx context.Context, config Config) (*Set, error) {
	t, err := Detect(ctx, config)
	if err != nil {
		return nil, err
	}
	standard, err := Prepare(ctx, t, config.sources())
	if err != nil {
		return nil, err
	}
	defer hold(standard)()
	temp, err := os.MkdirTemp(config.TempDir, "control-")
	if err != nil {
		return nil, fmt.Errorf("making a directory for the build: %w", err)
	}
	set, err := build(ctx, config, t, standard, temp)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(temp))
	}
	return set, nil
}

// build builds with an overlay of std.
func build(ctx context.Context, config Config, t Toolchain, standard, temp string) (*Set, error) {
	user, err := parseFlags(t.goflags, config.BuildFlags)
	if err != nil {
		return nil, err
	}
	merged, err := mergeOverlay(standard, user.overlay, config.Dir, temp)
	if err != nil {
		return nil, err
	}
	config.Race = config.Race || user.race
	flags := append(user.rest, "-overlay="+merged)
	if config.Race {
		flags = append(flags, mergeGcflags(user.gcflags, nil)...)
	} else {
		flags = append(flags, mergeGcflags(user.gcflags, config.sources().gcflags())...)
	}
	b := gotest.BuildConfig{Dir: config.Dir, Patterns: config.Patterns, Race: config.Race, ExtraFlags: flags, Env: t.env, TempDir: config.TempDir, GoCommand: t.command}
	built, err := gotest.Build(ctx, b)
	if err != nil {
		return nil, err
	}
	set := &Set{Binaries: built.Binaries, Toolchain: t, Overlay: merged, built: built, temp: temp}
	if err := brokenStd(set.Binaries, filepath.Base(filepath.Dir(standard))); err != nil {
		return nil, errors.Join(err, set.Close())
	}
	if set.Limits, set.Scope, err = survey(ctx, config, t, flags, merged); err != nil {
		return nil, errors.Join(err, set.Close())
	}
	return set, nil
}

// brokenStd returns an error if it is the changed std that does not compile: messages about it name the directory of the cache.
func brokenStd(binaries []gotest.Binary, key string) error {
	for _, b := range binaries {
		if strings.Contains(b.BuildError, key) {
			return &Unsupported{Reason: "the changed standard library does not compile", Details: strings.Split(b.BuildError, "\n")}
		}
	}
	return nil
}
