package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakeEnv holds what a go command says to "go env -json". With it, this test binary is that command.
const fakeEnv = "GODMODE_TEST_GO_ENV"

func TestMain(m *testing.M) {
	if said := os.Getenv(fakeEnv); said != "" {
		fmt.Print(said)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// fakeGo returns a go command that says this about itself, and the environment that it needs.
func fakeGo(t *testing.T, said map[string]string) (command string, env []string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(said)
	if err != nil {
		t.Fatal(err)
	}
	return self, append(os.Environ(), fakeEnv+"="+string(text), "GORACE=atexit_sleep_ms=0")
}

// detect asks a go command that says this about itself.
func detect(t *testing.T, said map[string]string) (Toolchain, error) {
	t.Helper()
	command, env := fakeGo(t, said)
	return Detect(context.Background(), Config{GoCommand: command, Env: env})
}

func TestDetect(t *testing.T) {
	root := t.TempDir()
	for _, c := range []struct {
		version, goos, goarch string
		runs                  bool
		refused               string
	}{
		{"go1.26.8", "linux", "amd64", true, ""},
		{"go1.26.8 X:nodwarf5", "linux", "arm64", true, ""},
		{"go1.27rc1", "darwin", "arm64", true, ""},
		{"go1.27.4-custom", "windows", "amd64", false, ""},
		{"go1.25.3", "linux", "amd64", false, "there are edits for go1.26 and go1.27, and it is built by go1.25.3"},
		{"go1.2", "linux", "amd64", false, "it is built by go1.2"},
		{"devel", "linux", "amd64", false, "it is built by devel"},
		{"go1.28-devel_0123456789", "linux", "amd64", false, "it is built by go1.28-devel_0123456789"},
		{"go1.26.8", "linux", "riscv64", false, "there are no edits for linux/riscv64"},
		{"go1.26.8", "js", "wasm", false, "there are no edits for js/wasm"},
	} {
		tc, err := detect(t, map[string]string{"GOROOT": root, "GOVERSION": c.version, "GOOS": c.goos, "GOARCH": c.goarch, "CGO_ENABLED": "1"})
		var u *Unsupported
		switch {
		case c.refused != "":
			if !errors.As(err, &u) || !strings.Contains(err.Error(), c.refused) {
				t.Errorf("%+v: %v", c, err)
			}
		case err != nil || tc.Root != root || tc.Runs() != c.runs || !tc.Cgo || !strings.HasPrefix(tc.Version, tc.Minor):
			t.Errorf("%+v: %+v, %v", c, tc, err)
		}
	}
}

// TestDetectInModuleCache: a toolchain in the module cache gets a name outside of it.
func TestDetectInModuleCache(t *testing.T) {
	cache, modcache := ownCache(t), t.TempDir()
	root := filepath.Join(modcache, "golang.org", "toolchain@v0.0.1-go1.27.4.linux-amd64")
	if err := writeFile(filepath.Join(root, "VERSION"), []byte("go1.27.4")); err != nil {
		t.Fatal(err)
	}
	said := map[string]string{"GOROOT": root, "GOMODCACHE": modcache, "GOVERSION": "go1.27.4", "GOOS": "linux", "GOARCH": "amd64"}
	var first Toolchain
	for range 2 { // the link is made, and then used again
		tc, err := detect(t, said)
		var u *Unsupported
		if errors.As(err, &u) && os.PathSeparator == '\\' {
			t.Skip(err) // symbolic links need a privilege there
		}
		if err != nil || filepath.Dir(tc.Root) != cache || first.Root != "" && tc.Root != first.Root {
			t.Fatal(tc.Root, err)
		}
		if text, err := os.ReadFile(filepath.Join(tc.Root, "VERSION")); err != nil || string(text) != "go1.27.4" {
			t.Error(string(text), err)
		}
		first = tc
	}
	if err := errors.Join(os.Remove(first.Root), os.Mkdir(first.Root, 0o700)); err != nil {
		t.Fatal(err)
	}
	var u *Unsupported
	if _, err := detect(t, said); !errors.As(err, &u) || !strings.Contains(err.Error(), "module cache") {
		t.Error(err)
	}
}

// TestDetectFails: that there is no Go is not called unsupported.
func TestDetectFails(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]Config{
		"no command":   {GoCommand: filepath.Join(t.TempDir(), "go")},
		"no directory": {Dir: filepath.Join(t.TempDir(), "none")},
		"not JSON":     {GoCommand: self, Env: append(os.Environ(), fakeEnv+"=GOROOT=/x", "GORACE=atexit_sleep_ms=0")},
	} {
		var u *Unsupported
		if tc, err := Detect(context.Background(), c); err == nil || errors.As(err, &u) {
			t.Errorf("%s: %+v, %v", name, tc, err)
		}
	}
}
