package lockswap

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
	"slices"
	"strconv"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/gotest"
)

// A pkg is what go list says of a package.
type pkg struct {
	ImportPath, Dir                              string
	GoFiles, CgoFiles, TestGoFiles, XTestGoFiles []string
	Imports, TestImports, XTestImports           []string
	Standard                                     bool
	Module                                       *struct {
		Path, Dir string
		Main      bool
	}
}

// ours reports whether a package lies in a main module, and is not the generated main of a test.
func (p *pkg) ours() bool {
	return p.Module != nil && p.Module.Main && !p.Standard && !strings.HasSuffix(p.ImportPath, ".test") && !strings.Contains(p.ImportPath, " ")
}

// list returns the packages of the main modules that tests are built from, in the order of go list: dependencies first.
func list(ctx context.Context, config gotest.BuildConfig) ([]*pkg, error) {
	args := []string{"list", "-e", "-deps", "-test", "-json=ImportPath,Dir,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,Imports,TestImports,XTestImports,Standard,Module"}
	if config.Race {
		args = append(args, "-race")
	}
	if len(config.Tags) > 0 {
		args = append(args, "-tags="+strings.Join(config.Tags, ","))
	}
	args = append(append(args, config.ExtraFlags...), "--")
	if len(config.Patterns) == 0 {
		args = append(args, ".")
	}
	w := writer{config: config}
	cmd := exec.CommandContext(ctx, w.command(), append(args, config.Patterns...)...)
	cmd.Dir, cmd.Env = config.Dir, w.environ()
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("listing packages: %w: %s", err, strings.TrimSpace(complaint.String()))
	}
	var all []*pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		p := new(pkg)
		if err := d.Decode(p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("reading go list: %w", err)
		}
		if p.ours() {
			all = append(all, p)
		}
	}
}

// files returns the names of the Go files of a package and its tests, whole.
func (p *pkg) files() []string {
	var all []string
	for _, name := range slices.Concat(p.GoFiles, p.CgoFiles, p.TestGoFiles, p.XTestGoFiles) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(p.Dir, name)
		}
		all = append(all, name)
	}
	return all
}

// A writer writes an overlay into a directory.
type writer struct {
	config  gotest.BuildConfig
	temp    string
	replace map[string]string
}

// command returns the go command.
func (w *writer) command() string {
	if w.config.GoCommand != "" {
		return w.config.GoCommand
	}
	return "go"
}

// environ returns a copy of the environment of the go command.
func (w *writer) environ() []string {
	if w.config.Env == nil {
		return os.Environ()
	}
	return slices.Clone(w.config.Env)
}

// put adds a file to the overlay.
func (w *writer) put(name, text string) error {
	file := filepath.Join(w.temp, strconv.Itoa(len(w.replace))+filepath.Ext(name))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return err
	}
	w.replace[name] = file
	return nil
}

// finish writes the overlay and returns its name.
func (w *writer) finish() (string, error) {
	text, _ := json.Marshal(struct{ Replace map[string]string }{w.replace}) // strings can always be written
	name := filepath.Join(w.temp, "overlay.json")
	return name, os.WriteFile(name, text, 0o600)
}
