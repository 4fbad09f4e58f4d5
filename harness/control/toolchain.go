package control

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// An Unsupported error says why a program cannot be put under control. The caller falls back to stress, and says so.
type Unsupported struct {
	Reason  string   // one line
	Details []string // what differs, one line each
}

// Error is the reason with its details.
func (u *Unsupported) Error() string {
	return strings.Join(append([]string{"cannot control this program: " + u.Reason}, u.Details...), "\n\t")
}

// A Toolchain is the Go that builds the packages in a directory. The go.mod there may have selected another than the one that is installed.
type Toolchain struct {
	Root    string // GOROOT, outside of the module cache
	Version string // go1.26.8
	Minor   string // go1.26
	GOOS    string
	GOARCH  string
	Cgo     bool // cgo is enabled

	goflags string
	command string   // the go command of this toolchain
	env     []string // its environment
}

// supported are the minor versions that the edits are kept for.
var supported = []string{"go1.26", "go1.27"}

// platforms are those on which controlled programs run; on the others they are only built.
var platforms = map[string]bool{"linux/amd64": true, "linux/arm64": true, "darwin/amd64": true, "darwin/arm64": true, "windows/amd64": false, "windows/arm64": false}

// minorPattern matches the minor version of releases and release candidates. A development version has none.
var minorPattern = regexp.MustCompile(`^go1\.[0-9]+`)

// Detect asks the go command which toolchain it uses in the directory of config. The error is an *Unsupported if there are no edits for it.
func Detect(ctx context.Context, config Config) (Toolchain, error) {
	out, err := run(ctx, config.command(), config.Dir, config.environ(), "env", "-json")
	if err != nil {
		return Toolchain{}, fmt.Errorf("asking for the toolchain: %w", err)
	}
	var e struct{ GOROOT, GOVERSION, GOOS, GOARCH, GOFLAGS, GOMODCACHE, CGO_ENABLED string }
	if err := json.Unmarshal(out, &e); err != nil {
		return Toolchain{}, fmt.Errorf("reading go env: %w", err)
	}
	version, _, _ := strings.Cut(e.GOVERSION, " ")
	t := Toolchain{Root: e.GOROOT, Version: version, GOOS: e.GOOS, GOARCH: e.GOARCH, Cgo: e.CGO_ENABLED == "1", goflags: e.GOFLAGS}
	if err := t.check(); err != nil {
		return t, err
	}
	if t.Root, err = outside(e.GOMODCACHE, e.GOROOT); err != nil {
		return t, &Unsupported{Reason: "the toolchain lies in the module cache, where overlays are refused, and cannot be linked to from elsewhere", Details: []string{err.Error()}}
	}
	t.env = append(config.environ(), "GOROOT="+t.Root, "GOTOOLCHAIN=local")
	t.command = filepath.Join(t.Root, "bin", "go"+exe())
	if _, err := os.Stat(t.command); err != nil {
		t.command = config.command()
	}
	return t, nil
}

// check fills in the minor version, and says why a toolchain is not supported.
func (t *Toolchain) check() error {
	t.Minor = minorPattern.FindString(t.Version)
	if !slices.Contains(supported, t.Minor) {
		return &Unsupported{Reason: fmt.Sprintf("there are edits for %s, and it is built by %s", strings.Join(supported, " and "), t.Version)}
	}
	if _, ok := platforms[t.GOOS+"/"+t.GOARCH]; !ok {
		return &Unsupported{Reason: "there are no edits for " + t.GOOS + "/" + t.GOARCH}
	}
	return nil
}

// Runs reports whether programs of this toolchain can be run under control, and not only built.
func (t Toolchain) Runs() bool { return platforms[t.GOOS+"/"+t.GOARCH] }

// outside returns a name of root that is not below the module cache: root itself, or a symbolic link to it. The go command refuses overlays of
// files below the module cache, and that is where the toolchains lie that a go.mod selects.
func outside(modcache, root string) (string, error) {
	if rel, err := filepath.Rel(modcache, root); modcache == "" || err != nil || !filepath.IsLocal(rel) {
		return root, nil
	}
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(root))
	link := filepath.Join(cache, "goroot-"+hex.EncodeToString(sum[:8]))
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	if to, err := os.Readlink(link); err == nil && to == root {
		return link, nil
	}
	if err := os.Symlink(root, link); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	if to, err := os.Readlink(link); err != nil || to != root {
		return "", fmt.Errorf("%s is no link to %s", link, root)
	}
	return link, nil
}

// cacheDir returns the directory of everything that is kept between runs.
func cacheDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "godmode"), nil
}

// exe returns the suffix of executables.
func exe() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

// run runs the go command and returns its output, or an error that holds what it complained about.
func run(ctx context.Context, command, dir string, env []string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, command, args...)
	cmd.Dir, cmd.Env = dir, env
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s %s: %w: %s", filepath.Base(command), args[0], err, strings.TrimSpace(complaint.String()))
	}
	return out.Bytes(), nil
}
