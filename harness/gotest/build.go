package gotest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A BuildConfig says which packages to build and how. The zero value builds the package in the current directory.
type BuildConfig struct {
	// Dir is the directory in which the go command runs, "" for the current one. Its go.mod, go.work and vendor directory count.
	Dir string
	// Patterns are package patterns as for go test; none means ".".
	Patterns []string
	// Race builds with the race detector.
	Race bool
	// Tags are build tags.
	Tags []string
	// ExtraFlags are further build flags, passed to go list and go test: -mod=vendor, -gcflags=..., -overlay=...
	ExtraFlags []string
	// LockCheck names who checks the locks of the tests; "" is nobody. Cases record it. Build itself knows none, and refuses: the functions that build with one
	// take it out (package lockswap).
	LockCheck string
	// Env is the environment of the go command; nil means that of this process.
	Env []string
	// TempDir is where the directory of the binaries is made, "" for the default of the system.
	TempDir string
	// GoCommand is the go command, "" for the one in PATH.
	GoCommand string
}

// A Binary is the test binary of one package, or the reason why there is none.
type Binary struct {
	ImportPath string
	Dir        string // the package's directory, in which its tests run
	Path       string // the executable, "" if there is none
	Race       bool   // built with the race detector
	NoTests    bool   // the package has no test files
	BuildError string // what the compiler or the go command said, "" if the binary was built
	BuildFlags []string
	LockCheck  string // who checks the locks in it, "" for nobody
}

// Runnable reports whether there is an executable.
func (b Binary) Runnable() bool { return b.Path != "" && b.BuildError == "" }

// A Set is the outcome of a build. Close removes its files.
type Set struct {
	Binaries []Binary // in the order of go list
	dir      string
}

// Close removes the binaries. It can be called more than once.
func (s *Set) Close() error { return removeAll(s.dir) }

// Build builds the test binaries of packages, each once. A package that does not compile is an entry of the set with a
// BuildError, not an error: the others can still run. An error means that the go command itself could not work, that no
// package matched, or that ctx ended; no file is left behind then.
func Build(ctx context.Context, config BuildConfig) (*Set, error) {
	if config.LockCheck != "" {
		return nil, fmt.Errorf("nobody here checks locks by %s", config.LockCheck)
	}
	packages, err := listPackages(ctx, config)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(config.TempDir, "harness-")
	if err != nil {
		return nil, fmt.Errorf("making a directory for test binaries: %w", err)
	}
	b := builder{config: config.within(dir), dir: dir}
	for _, p := range packages {
		b.binaries = append(b.binaries, p.binary(config))
	}
	b.buildTogether(ctx)
	b.buildMissing(ctx)
	if err := ctx.Err(); err != nil {
		return nil, errors.Join(fmt.Errorf("building tests: %w", err), removeAll(dir))
	}
	return &Set{Binaries: b.binaries, dir: dir}, nil
}

// within has the go command put what it needs for a while into a directory: if it is interrupted, it may leave it there.
func (c BuildConfig) within(dir string) BuildConfig {
	if c.Env == nil {
		c.Env = os.Environ()
	}
	c.Env = append(slices.Clone(c.Env), "GOTMPDIR="+dir)
	return c
}

// ErrNoModule is wrapped by the error of Build where the go command sees no module that the packages belong to.
var ErrNoModule = errors.New("there is no go.mod for these packages")

// A listedPackage is what go list says about a package.
type listedPackage struct {
	ImportPath, Dir           string
	TestGoFiles, XTestGoFiles []string
	Error                     *struct{ Err string }
}

// binary returns the entry of a package before anything is built.
func (p listedPackage) binary(config BuildConfig) Binary {
	b := Binary{ImportPath: p.ImportPath, Dir: p.Dir, Race: config.Race, BuildFlags: config.flags()}
	b.NoTests = len(p.TestGoFiles)+len(p.XTestGoFiles) == 0
	if p.Error != nil {
		b.BuildError, b.NoTests = p.Error.Err, false
	}
	return b
}

// flags returns the build flags that every command of a build and of a reproduction needs.
func (c BuildConfig) flags() []string {
	var flags []string
	if c.Race {
		flags = append(flags, "-race")
	}
	if len(c.Tags) > 0 {
		flags = append(flags, "-tags="+strings.Join(c.Tags, ","))
	}
	return append(flags, c.ExtraFlags...)
}

// listPackages asks go list for the packages that match.
func listPackages(ctx context.Context, config BuildConfig) ([]listedPackage, error) {
	args := append([]string{"list", "-e", "-json=ImportPath,Dir,TestGoFiles,XTestGoFiles,Error"}, config.flags()...)
	patterns := config.Patterns
	if len(patterns) == 0 {
		patterns = []string{"."}
	}
	stdout, stderr, err := goCommand(ctx, config, append(append(args, "--"), patterns...)...)
	if err != nil {
		return nil, fmt.Errorf("listing packages: %w: %s", err, strings.TrimSpace(stderr))
	}
	var packages []listedPackage
	for d := json.NewDecoder(strings.NewReader(stdout)); ; {
		var p listedPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("reading go list: %w", err)
		}
		packages = append(packages, p)
	}
	if len(packages) > 0 && packages[0].Error != nil && strings.Contains(packages[0].Error.Err, "does not contain main module") {
		return nil, fmt.Errorf("%w: %s", ErrNoModule, packages[0].Error.Err)
	}
	if len(packages) == 0 {
		return nil, fmt.Errorf("no package matches %s: %s", strings.Join(patterns, " "), strings.TrimSpace(stderr))
	}
	return packages, nil
}

// Gently has a go command that is cancelled, and the compilers that it has started, asked to end instead of killed: it removes its files then.
// After five seconds it is killed.
func Gently(cmd *exec.Cmd) {
	cmd.SysProcAttr = groupAttributes()
	cmd.Cancel = func() error { return interruptGroup(cmd.Process) }
	cmd.WaitDelay = 5 * time.Second
}

// goCommand runs the go command and returns what it printed.
func goCommand(ctx context.Context, config BuildConfig, args ...string) (stdout, stderr string, err error) {
	cmd := exec.CommandContext(ctx, firstNonEmpty(config.GoCommand, "go"), args...)
	cmd.Dir, cmd.Env = config.Dir, config.Env
	Gently(cmd)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	runtime.LockOSThread() // the death of this thread would be taken for the death of this process
	defer runtime.UnlockOSThread()
	if err = cmd.Run(); ctx.Err() != nil && cmd.Process != nil {
		_ = killGroup(cmd.Process) // what has not heard it
	}
	return out.String(), complaint.String(), err
}

// A builder fills in the paths of binaries.
type builder struct {
	config   BuildConfig
	dir      string
	binaries []Binary
}

// wanted reports whether a binary is still to be built.
func (b *builder) wanted(i int) bool {
	x := b.binaries[i]
	return x.Path == "" && x.BuildError == "" && !x.NoTests
}

// buildTogether builds packages in as few calls of the go command as possible: loading a module takes it longer than linking
// a binary. Two packages with the same last element need two calls. What fails here is left to buildMissing.
func (b *builder) buildTogether(ctx context.Context) {
	for batch := range b.batches() {
		out := filepath.Join(b.dir, strconv.Itoa(batch))
		names, paths := b.batch(batch)
		if len(paths) < 2 || ctx.Err() != nil || os.Mkdir(out, 0o700) != nil {
			continue
		}
		args := append([]string{"test", "-c", "-vet=off", "-o", out + string(filepath.Separator)}, b.config.flags()...)
		goCommand(ctx, b.config, append(args, paths...)...)
		for i, name := range names {
			if path := filepath.Join(out, name); isFile(path) {
				b.binaries[i].Path = path
			}
		}
	}
}

// batches returns how many calls it takes so that no call builds two binaries of one name.
func (b *builder) batches() int {
	seen, most := map[string]int{}, 0
	for i, x := range b.binaries {
		if b.wanted(i) {
			name := executable(x.ImportPath)
			seen[name]++
			most = max(most, seen[name])
		}
	}
	return most
}

// batch returns the binaries of the n-th call: by index, the file name; and the import paths.
func (b *builder) batch(n int) (names map[int]string, paths []string) {
	seen := map[string]int{}
	names = map[int]string{}
	for i, x := range b.binaries {
		if x.BuildError != "" || x.NoTests {
			continue
		}
		name := executable(x.ImportPath)
		if seen[name] == n && x.Path == "" {
			names[i] = name
			paths = append(paths, x.ImportPath)
		}
		seen[name]++
	}
	return names, paths
}

// buildMissing builds what is still missing one by one, so that each compiler error belongs to one package.
func (b *builder) buildMissing(ctx context.Context) {
	for i := range b.binaries {
		if !b.wanted(i) || ctx.Err() != nil {
			continue
		}
		x := &b.binaries[i]
		path := filepath.Join(b.dir, "p"+strconv.Itoa(i)+".test"+exe())
		args := append([]string{"test", "-c", "-vet=off", "-o", path}, b.config.flags()...)
		_, stderr, err := goCommand(ctx, b.config, append(args, x.ImportPath)...)
		switch {
		case err != nil:
			x.BuildError = firstNonEmpty(strings.TrimSpace(stderr), err.Error())
		case !isFile(path):
			x.NoTests = true
		default:
			x.Path = path
		}
	}
}

// executable returns the name that go test gives to the test binary of a package.
func executable(importPath string) string {
	elements := strings.Split(importPath, "/")
	name := elements[len(elements)-1]
	if len(elements) > 1 && len(name) > 1 && name[0] == 'v' && strings.Trim(name[1:], "0123456789") == "" {
		name = elements[len(elements)-2]
	}
	return name + ".test" + exe()
}

// exe returns the suffix of executables.
func exe() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

// isFile reports whether a path is a regular file.
func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// firstNonEmpty returns the first text that is not empty.
func firstNonEmpty(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
