package lockswap

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/gotest"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// module writes testdata, without the .txt of its names, and returns the directory of the module in it.
func module(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := fs.WalkDir(os.DirFS("testdata"), ".", func(name string, d fs.DirEntry, err error) error {
		target, ok := strings.CutSuffix(name, ".txt")
		if err != nil || d.IsDir() || !ok {
			return err
		}
		text, err := os.ReadFile(filepath.Join("testdata", name))
		return errors.Join(err, os.MkdirAll(filepath.Join(dir, filepath.Dir(target)), 0o755), os.WriteFile(filepath.Join(dir, target), text, 0o600))
	}); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "module")
}

// TestBuild builds a module and runs its tests: the wrong order is found, the right one is not accused, and a package that lends a lock to another
// module keeps it, with the package that depends on the type.
func TestBuild(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds programs")
	}
	dir := module(t)
	set, swap, err := Build(context.Background(), gotest.BuildConfig{Dir: dir, Patterns: []string{"./..."}, Env: append(os.Environ(), "GOFLAGS=", "GOWORK=off")}, gotest.Build)
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	for _, b := range set.Binaries {
		if !b.Runnable() {
			t.Fatalf("%s: %s", b.ImportPath, b.BuildError)
		}
		out, err := exec.Command(b.Path, "-test.v").CombinedOutput()
		found := strings.Contains(string(out), "POTENTIAL DEADLOCK")
		if wrong := strings.HasSuffix(b.ImportPath, "/order"); found != wrong || (err != nil) != wrong {
			t.Errorf("%s: %v\n%s", b.ImportPath, err, out)
		}
		if strings.Contains(strings.Join(b.BuildFlags, " "), "overlay") {
			t.Errorf("%s: flags %q name a file that is gone", b.ImportPath, b.BuildFlags)
		}
	}
	if swap.Packages != 2 || swap.Locks != 2 || len(swap.Kept) != 2 {
		t.Errorf("got %+v", swap)
	}
	unchanged(t, dir)
}

// unchanged holds that the module has the files that it had.
func unchanged(t *testing.T, dir string) {
	t.Helper()
	_ = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && strings.Contains(name, "godmode") {
			t.Errorf("%s was left behind", name)
		}
		return err
	})
}

// TestBuildWithOverlay holds that the overlay of a user is not dropped in silence.
func TestBuildWithOverlay(t *testing.T) {
	_, _, err := Build(context.Background(), gotest.BuildConfig{ExtraFlags: []string{"-overlay=x.json"}}, gotest.Build)
	if !errors.Is(err, ErrOverlay) {
		t.Errorf("got %v", err)
	}
}

// TestVersions holds the versions that are asked for to those that go.mod requires.
func TestVersions(t *testing.T) {
	text, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for module, version := range versions {
		if !strings.Contains(string(text), module+" "+version) {
			t.Errorf("go.mod does not require %s %s", module, version)
		}
	}
}
