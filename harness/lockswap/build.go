package lockswap

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/gotest"
)

// A Swap says what was swapped.
type Swap struct {
	Packages int    // packages with a lock that go-deadlock watches
	Locks    int    // mentions of locks in their files: fields, variables, parameters
	Kept     []Kept // what has locks that go-deadlock does not watch, sorted by package
}

// Kept is a package, or a file of it, whose locks are still those of package sync.
type Kept struct{ Package, Reason string }

// String is one line.
func (s *Swap) String() string {
	text := fmt.Sprintf("go-deadlock watches %d mentions of locks in %d packages", s.Locks, s.Packages)
	for _, k := range s.Kept {
		text += fmt.Sprintf("; not those of %s: %s", k.Package, k.Reason)
	}
	return text
}

// Name is what cases and the flag --lockcheck call go-deadlock.
const Name = "go-deadlock"

// ErrOverlay is wrapped by the error of Build if there is an overlay already.
var ErrOverlay = errors.New("there is an overlay of the user, which go-deadlock cannot be added to")

// mostRounds bounds how often packages that do not compile with other locks are taken out.
const mostRounds = 10

// Build builds test binaries with build, which is gotest.Build or works like it, after the swap. A package that does not compile with other locks keeps its own. The
// binaries name no overlay in their flags. An error means that nothing could be built at all.
func Build(ctx context.Context, config gotest.BuildConfig, build func(context.Context, gotest.BuildConfig) (*gotest.Set, error)) (*gotest.Set, *Swap, error) {
	s, err := newSwapper(ctx, config)
	if err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(s.temp)
	for round := 0; ; round++ {
		set, swap, err := s.try(ctx, build)
		if err != nil || round == mostRounds || !s.keep(set.Binaries) {
			return set, swap, err
		}
		if err := set.Close(); err != nil {
			return nil, nil, err
		}
	}
}

// A swapper swaps the locks of what is not kept.
type swapper struct {
	config   gotest.BuildConfig
	temp     string
	packages []*pkg
	kept     map[string]string // why, by directory
	origin   map[string]string // the user's file, by the copy of it that the compiler complains about
}

// newSwapper looks at what is to be built.
func newSwapper(ctx context.Context, config gotest.BuildConfig) (*swapper, error) {
	w := writer{config: config}
	for _, flag := range slices.Concat(config.ExtraFlags, strings.Fields(lookup(w.environ(), "GOFLAGS"))) {
		if strings.HasPrefix(strings.TrimLeft(flag, "-"), "overlay") {
			return nil, ErrOverlay
		}
	}
	packages, err := list(ctx, config)
	if err != nil {
		return nil, err
	}
	if len(packages) == 0 {
		return nil, fmt.Errorf("%w: go-deadlock is swapped in within modules only", gotest.ErrNoModule)
	}
	temp, err := os.MkdirTemp(config.TempDir, "lockswap-")
	if err != nil {
		return nil, fmt.Errorf("making a directory for the overlay: %w", err)
	}
	return &swapper{config: config, temp: temp, packages: packages, kept: map[string]string{}}, nil
}

// lookup returns the last value of a variable in an environment.
func lookup(env []string, name string) string {
	for _, v := range slices.Backward(env) {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// try builds once.
func (s *swapper) try(ctx context.Context, build func(context.Context, gotest.BuildConfig) (*gotest.Set, error)) (*gotest.Set, *Swap, error) {
	overlay, swap, err := s.overlay(ctx)
	if err != nil {
		return nil, nil, err
	}
	config := s.config
	config.LockCheck = ""
	flag := "-overlay=" + overlay
	config.ExtraFlags = append(slices.Clone(config.ExtraFlags), flag)
	set, err := build(ctx, config)
	if err != nil {
		return nil, nil, err
	}
	for i := range set.Binaries {
		b := &set.Binaries[i]
		b.LockCheck = Name
		for file, name := range s.origin {
			b.BuildError = strings.ReplaceAll(b.BuildError, file, name)
		}
		b.BuildFlags = slices.DeleteFunc(slices.Clone(b.BuildFlags), func(f string) bool { return f == flag })
	}
	return set, swap, nil
}

// overlay writes the overlay of what is not kept.
func (s *swapper) overlay(ctx context.Context) (string, *Swap, error) {
	temp, err := os.MkdirTemp(s.temp, "")
	if err != nil {
		return "", nil, err
	}
	w := &writer{config: s.config, temp: temp, replace: map[string]string{}}
	swap := &Swap{}
	module := s.packages[0].Module
	for _, p := range s.packages {
		if err := s.swap(w, p, module.Path+"/"+library, swap); err != nil {
			return "", nil, err
		}
	}
	if err := w.addLibrary(ctx, module.Path, module.Dir); err != nil {
		return "", nil, err
	}
	s.origin = map[string]string{}
	for name, file := range w.replace {
		s.origin[file] = name
	}
	name, err := w.finish()
	return name, swap, err
}

// swap adds the files of a package to an overlay, and to the books.
func (s *swapper) swap(w *writer, p *pkg, path string, swap *Swap) error {
	locks := 0
	for _, name := range p.files() {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // the go command says it better
		}
		r, err := rewrite(name, string(text), path)
		switch {
		case err != nil:
			continue // so does the compiler
		case r.kept != "":
			swap.Kept = append(swap.Kept, Kept{p.ImportPath, filepath.Base(name) + ": " + r.kept})
		case r.text != "" && s.kept[p.Dir] != "":
			swap.Kept = append(swap.Kept, Kept{p.ImportPath, s.kept[p.Dir]})
			return nil
		case r.text != "":
			if err := w.put(name, r.text); err != nil {
				return err
			}
			locks += r.locks
		}
	}
	if swap.Locks += locks; locks > 0 {
		swap.Packages++
	}
	return nil
}

// keep takes out the packages because of which something does not compile, and reports whether there are any that were in.
func (s *swapper) keep(binaries []gotest.Binary) bool {
	more := false
	for _, b := range binaries {
		if b.BuildError == "" {
			continue
		}
		for _, c := range s.complaints(b.BuildError) {
			if p := s.in(c.dir); p != nil && strings.Contains(c.text, "Mutex") { // what else is wrong is wrong without us
				more = s.keepOne(p, c.text) || s.keepImports(p, c.text) || more
			}
		}
	}
	return more
}

// keepOne takes a package out, and reports whether it was in.
func (s *swapper) keepOne(p *pkg, reason string) bool {
	if s.kept[p.Dir] != "" {
		return false
	}
	s.kept[p.Dir] = "it does not compile with other locks: " + strings.Join(strings.Fields(reason), " ")
	return true
}

// keepImports takes out what a package imports: it is out itself, and disagrees with their types.
func (s *swapper) keepImports(p *pkg, reason string) bool {
	more := false
	for _, path := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
		for _, q := range s.packages {
			if q.ImportPath == path {
				more = s.keepOne(q, reason) || more
			}
		}
	}
	return more
}

// in returns the package in a directory, or nil.
func (s *swapper) in(dir string) *pkg {
	for _, p := range s.packages {
		if p.Dir == dir {
			return p
		}
	}
	return nil
}

// A complaint is one line of the compiler.
type complaint struct{ dir, text string }

// complaintPattern matches a complaint of the compiler: a line, and those that are indented below it.
var complaintPattern = regexp.MustCompile(`(?m)^(\S.*\.go):\d+(?::\d+)?: (.*(?:\n[ \t]+.*)*)$`)

// complaints returns what the compiler complains about. It names files relative to the directory of the build, or those of the overlay.
func (s *swapper) complaints(message string) []complaint {
	var all []complaint
	for _, m := range complaintPattern.FindAllStringSubmatch(message, -1) {
		file := m[1]
		if user, ok := s.origin[file]; ok {
			file = user
		} else if !filepath.IsAbs(file) {
			file = filepath.Join(s.config.Dir, file)
		}
		if abs, err := filepath.Abs(file); err == nil {
			all = append(all, complaint{filepath.Dir(abs), m[2]})
		}
	}
	return all
}
