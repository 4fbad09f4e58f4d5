package lockswap

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
)

// The modules that go-deadlock consists of.
const (
	deadlockModule = "github.com/sasha-s/go-deadlock"
	goidModule     = "github.com/petermattis/goid"
)

// versions are those that godmode requires; a test holds them to go.mod. A command that was built with others takes these others.
var versions = map[string]string{deadlockModule: "v0.3.9", goidModule: "v0.0.0-20250813065127-a731cc31b4fe"}

// version returns the version of a module in this program.
func version(module string) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if d.Path == module && d.Replace == nil {
				return d.Version
			}
		}
	}
	return versions[module]
}

// library is where go-deadlock appears, below the root of the user's module. Patterns such as ./... skip testdata; imports do not.
const library = "testdata/godmode_deadlock"

// options is added to go-deadlock: its limit on waiting comes from the environment.
const options = `package deadlock

import (
	"os"
	"time"
)

func init() {
	if limit, err := time.ParseDuration(os.Getenv("` + LimitVariable + `")); err == nil {
		Opts.DeadlockTimeout = limit
	}
}
`

// LimitVariable names the variable of the environment that says for how long a lock may be waited for, as time.ParseDuration reads it. Zero means for ever; without
// the variable it is what go-deadlock thinks right, 30s.
const LimitVariable = "GODMODE_DEADLOCK_LIMIT"

// addLibrary adds go-deadlock to an overlay, with what it needs. The module at root has the path module.
//
// Package goid reads the number of a goroutine by assembly, for which the go command changes into the directory of the package. There is no such directory. So it is added with
// what it does where it has no assembly: it parses the first line of runtime.Stack, which takes a few microseconds.
func (w *writer) addLibrary(ctx context.Context, module, root string) error {
	dirs, err := w.download(ctx, deadlockModule, goidModule)
	if err != nil {
		return err
	}
	names, err := sourceFiles(dirs[0])
	if err != nil {
		return err
	}
	target := filepath.Join(root, filepath.FromSlash(library))
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(dirs[0], name))
		if err == nil {
			err = w.put(filepath.Join(target, name), strings.ReplaceAll(string(text), `"`+goidModule+`"`, `"`+module+"/"+library+`/goid"`))
		}
		if err != nil {
			return err
		}
	}
	for _, name := range []string{"goid.go", "goid_slow.go"} {
		text, err := os.ReadFile(filepath.Join(dirs[1], name))
		if err == nil {
			err = w.put(filepath.Join(target, "goid", name), buildLines.ReplaceAllString(string(text), "//"))
		}
		if err != nil {
			return err
		}
	}
	return w.put(filepath.Join(target, "godmode_options.go"), options)
}

// buildLines matches the lines that say where a file is compiled.
var buildLines = regexp.MustCompile(`(?m)^// ?(go:build|\+build) .*$`)

// sourceFiles returns the names of the Go files of a package.
func sourceFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			names = append(names, name)
		}
	}
	return names, nil
}

// download returns where the go command keeps modules, and has it fetch those that are not there.
func (w *writer) download(ctx context.Context, modules ...string) (dirs []string, err error) {
	args := []string{"mod", "download", "-json"}
	for _, m := range modules {
		args = append(args, m+"@"+version(m))
	}
	cmd := exec.CommandContext(ctx, w.command(), args...)
	cmd.Dir = w.temp // no module of anybody: nothing there says where to look
	cmd.Env = append(w.environ(), "GOFLAGS=", "GOWORK=off", "GO111MODULE=on")
	out, err := cmd.Output()
	found := map[string]string{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var m struct{ Path, Dir, Error string }
		if d.Decode(&m) != nil {
			break
		}
		if m.Error != "" {
			return nil, fmt.Errorf("fetching go-deadlock: %s", m.Error)
		}
		found[m.Path] = m.Dir
	}
	for _, m := range modules {
		if found[m] == "" {
			return nil, errors.Join(fmt.Errorf("fetching %s: the go command does not say where it is", m), err)
		}
		dirs = append(dirs, found[m])
	}
	return dirs, nil
}
