package explore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/control"
	"github.com/concurrency-god-mode/godmode/harness/gotest"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// A Detector says which binaries are built.
type Detector int

// The choices of the race detector.
const (
	Both        Detector = iota // with it and without, as far as it can be had
	WithRace                    // with it only
	WithoutRace                 // without it only
)

// A BuildConfig says what to build for exploration. Now is needed; the rest may be zero.
type BuildConfig struct {
	// Dir is the directory in which the go command runs, "" for the current one, and Patterns are package patterns as for go test; none means ".".
	Dir      string
	Patterns []string
	// Flags are further build flags: -tags=..., -mod=vendor.
	Flags    []string
	Detector Detector
	// Env is the environment of the go command; nil means that of this process.
	Env []string
	// TempDir is where directories are made, "" for the default of the system.
	TempDir string
	Now     func() time.Time

	sources control.Sources // of the changed standard library, the usual ones if empty
}

// environ returns a copy of the environment of the go command.
func (c BuildConfig) environ() []string {
	if c.Env == nil {
		return os.Environ()
	}
	return slices.Clone(c.Env)
}

// A Set is the outcome of a build. Close removes its files.
type Set struct {
	Packages  []Package
	GoVersion string
	Details   []string // short phrases for the header of the report
	Notes     []string // what limits the meaning of the results
	close     []func() error
}

// Close removes the binaries.
func (s *Set) Close() (err error) {
	for _, f := range s.close {
		err = errors.Join(err, f())
	}
	s.close = nil
	return err
}

// A built is one build of all packages.
type built struct {
	set *control.Set
	err error
}

// Build builds the tests of packages for control, with the race detector and without, and explores the canary of each build. A package that does not
// compile has a BuildError. If the toolchain or platform cannot be controlled, the packages are built as usual and say why they are Refused.
//
// An error that wraps ErrCanary means that control does not work, so that nothing that was explored would mean anything.
func Build(ctx context.Context, c BuildConfig) (*Set, error) {
	if c.Now == nil {
		return nil, errors.New("a clock is missing")
	}
	var plain, race built
	var sung [2]error
	var all sync.WaitGroup
	if c.Detector != WithRace {
		all.Go(func() { plain, sung[0] = c.build(ctx, false) })
	}
	if c.Detector != WithoutRace {
		all.Go(func() { race, sung[1] = c.build(ctx, true) })
	}
	all.Wait()
	s := &Set{}
	for _, b := range []built{plain, race} {
		if b.set != nil {
			s.close = append(s.close, b.set.Close)
		}
	}
	if err := s.join(ctx, c, plain, race, sung); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// build builds all packages and then the canary: at the same time both would compile the standard library.
func (c BuildConfig) build(ctx context.Context, race bool) (b built, sung error) {
	if b = c.packages(ctx, race); b.err == nil {
		sung = canary(ctx, c, race)
	}
	return b, sung
}

// packages builds all packages.
func (c BuildConfig) packages(ctx context.Context, race bool) (b built) {
	b.set, b.err = control.Build(ctx, control.Config{Dir: c.Dir, Patterns: c.Patterns, Race: race, BuildFlags: c.Flags, Env: c.Env, TempDir: c.TempDir,
		Sources: c.sources})
	return b
}

// join makes one set of both builds.
func (s *Set) join(ctx context.Context, c BuildConfig, plain, race built, sung [2]error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var refused *control.Unsupported
	if errors.As(plain.err, &refused) || errors.As(race.err, &refused) {
		return s.usual(ctx, c, refused)
	}
	s.without(c, &race, sung[1])
	if err := errors.Join(plain.err, race.err); err != nil {
		return err
	}
	if race.set == nil {
		sung[1] = nil
	}
	if err := errors.Join(sung[:]...); err != nil {
		return err
	}
	s.merge(plain, race)
	return nil
}

// without gives up the race detector where it is not to be had and was not asked for, and says so.
func (s *Set) without(c BuildConfig, race *built, sung error) {
	if c.Detector != Both {
		return
	}
	why := ""
	switch {
	case race.err != nil:
		why = race.err.Error()
	case errors.Is(sung, ErrCanary) && strings.Contains(sung.Error(), "does not compile"):
		why = sung.Error()
	default:
		return
	}
	s.Notes = append(s.Notes, "without the race detector, which cannot be built: "+brief([]byte(why)))
	race.set, race.err = nil, nil
}

// merge brings the binaries of each package together.
func (s *Set) merge(plain, race built) {
	first := plain.set
	if first == nil {
		first = race.set
	}
	s.GoVersion = first.Toolchain.Version
	for i, b := range first.Binaries {
		p := Package{ImportPath: b.ImportPath, Dir: b.Dir, BuildError: b.BuildError, NoTests: b.NoTests}
		if plain.set != nil {
			p.Plain = b.Path
		}
		if race.set != nil {
			p.Race = race.set.Binaries[i].Path
		}
		s.Packages = append(s.Packages, p)
	}
	s.Details = append(s.Details, binaries(s.GoVersion, plain.set != nil, race.set != nil), controlled(first.Scope), "canary found")
	s.limits(first.Limits)
}

// binaries says what was built.
func binaries(version string, plain, race bool) string {
	switch {
	case !race:
		return version + " without -race"
	case !plain:
		return version + " with -race"
	}
	return version + " with and without -race"
}

// controlled says how much was compiled for control, tests and dependencies included.
func controlled(s control.Scope) string {
	return fmt.Sprintf("controls %s in %s, and %s of std", report.Plural(int64(s.Files), "file"), report.Plural(int64(s.Packages), "package"),
		report.Plural(int64(s.Std), "package"))
}

// limits says what in the packages is out of control from the start. What a test may or may not reach for is named when it does.
func (s *Set) limits(all []control.Limit) {
	for _, l := range all {
		if l.What == "cgo" || l.What == "plugins" {
			s.Notes = append(s.Notes, fmt.Sprintf("not under control: %s in %s (%s)", l.What, l.Package, somePlaces(l.Places)))
		}
	}
}

// somePlaces names the first places of a limit.
func somePlaces(list []string) string {
	var short []string
	for _, p := range list[:min(len(list), 3)] {
		short = append(short, filepath.Base(p))
	}
	if more := len(list) - len(short); more > 0 {
		short = append(short, report.Count(int64(more))+" more")
	}
	return strings.Join(short, ", ")
}

// usual builds packages that cannot be controlled, for stress.
func (s *Set) usual(ctx context.Context, c BuildConfig, why *control.Unsupported) error {
	set, err := gotest.Build(ctx, gotest.BuildConfig{Dir: c.Dir, Patterns: c.Patterns, Race: c.Detector == WithRace, ExtraFlags: c.Flags, Env: c.Env, TempDir: c.TempDir})
	if err != nil {
		return err
	}
	s.close = append(s.close, set.Close)
	for _, b := range set.Binaries {
		p := Package{ImportPath: b.ImportPath, Dir: b.Dir, BuildError: b.BuildError, NoTests: b.NoTests, Refused: why.Reason}
		if b.Race {
			p.Race = b.Path
		} else {
			p.Plain = b.Path
		}
		s.Packages = append(s.Packages, p)
	}
	s.Details = append(s.Details, "NOT under control: "+why.Reason)
	for _, d := range why.Details {
		s.Notes = append(s.Notes, "not under control: "+d)
	}
	return nil
}

// NoDetector reports whether a build failed because the race detector is not to be had: there is no C compiler, or none for this platform.
func NoDetector(err error) bool {
	if err == nil {
		return false
	}
	said := err.Error()
	return strings.Contains(said, "-race requires cgo") || strings.Contains(said, "-race is not supported") || strings.Contains(said, "C compiler")
}
