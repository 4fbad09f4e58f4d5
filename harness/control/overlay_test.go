package control

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// userModule is a module whose test needs an overlay of its own.
var userModule = map[string]string{
	"go.mod":        "module example.com/user\n\ngo 1.21\n",
	"u.go":          "package user\n\nconst U = 1\n",
	"real.txt":      "package user\n\nconst U = 2\n",
	"u_test.go":     "package user\n\n" + nameTest + "func TestOverlay(t *testing.T) {\n\tif U != 2 {\n\t\tt.Fatal(U)\n\t}\n}\n",
	"user.json":     `{"Replace":{"u.go":"real.txt"}}`,
	"bad/b.go":      "package bad\n",
	"bad/b_test.go": "package bad\n\nimport \"testing\"\n\nfunc TestB(t *testing.T) { missing() }\n",
	"bare/bare.go":  "package bare\n",
}

// TestUsersOverlay: an overlay of the user, in the flags or in GOFLAGS, counts beside ours.
func TestUsersOverlay(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("linking takes long")
	}
	dir := write(t, userModule)
	for name, c := range map[string]Config{
		"flag":    {BuildFlags: []string{"-overlay=user.json", "-gcflags=-N"}},
		"GOFLAGS": {Env: append(os.Environ(), "GOFLAGS=-overlay=user.json")},
	} {
		c.Dir = dir
		set := buildScratch(t, c)
		if out := mustRun(t, set.Binaries[0]); !strings.Contains(out, "PASS: TestOverlay") {
			t.Errorf("%s: %s", name, out)
		}
	}
}

// TestBuildErrorsAreData: a package that does not compile does not keep the others from being built, and nothing is left behind.
func TestBuildErrorsAreData(t *testing.T) {
	repeat.Once(t)
	dir, temp := write(t, userModule), t.TempDir()
	c := Config{Dir: dir, Patterns: []string{"./bad", "./bare"}, TempDir: temp, Sources: checked(t, trivial(), mustHere(t))}
	set, err := Build(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	if b := set.Binaries[0]; b.Runnable() || !strings.Contains(b.BuildError, "undefined: missing") {
		t.Errorf("%+v", b)
	}
	if b := set.Binaries[1]; !b.NoTests || b.BuildError != "" {
		t.Errorf("%+v", b)
	}
	if err := errors.Join(set.Close(), set.Close()); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(temp); len(left) > 0 || err != nil {
		t.Errorf("left %v, %v", left, err)
	}
}

// TestBuildRefuses: what cannot be built under control is an error with its reason, and leaves nothing.
func TestBuildRefuses(t *testing.T) {
	repeat.Once(t)
	tc := mustHere(t)
	dir := write(t, userModule)
	inTheWay := filepath.Join(dir, "std.json")
	text, err := json.Marshal(overlay{map[string]string{filepath.Join(tc.Root, "src", "testing", "testing.go"): "real.txt"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(inTheWay, text, 0o600); err != nil {
		t.Fatal(err)
	}
	miscompiled := trivial()
	miscompiled.Std.(fstest.MapFS)["add/godmode/mark/mark.go.txt"].Data = []byte("package mark\n\nconst Mark = 1\n")
	for name, x := range map[string]struct {
		c           Config
		want        string
		unsupported bool
	}{
		"overlays of one file":        {Config{BuildFlags: []string{"-overlay", inTheWay}}, "replaces " + filepath.Join(tc.Root, "src", "testing", "testing.go"), true},
		"a std that does not compile": {Config{Patterns: []string{"./bad"}, Sources: miscompiled}, "the changed standard library does not compile", true},
		"edits that do not fit":       {Config{Sources: Sources{Std: fstest.MapFS{"edits/x.edit": {Data: []byte("file errors/errors.go\nfunc New\n" + block("after", "y", "z"))}}}}, "errors/errors.go, func New", true},
		"no overlay":                  {Config{BuildFlags: []string{"-overlay=gone.json"}}, "gone.json", false},
		"a flag without a value":      {Config{BuildFlags: []string{"-overlay"}}, "-overlay needs a value", false},
	} {
		x.c.Dir, x.c.TempDir = dir, t.TempDir()
		if x.c.Sources.Std == nil {
			x.c.Sources = trivial()
		}
		if name != "edits that do not fit" {
			x.c.Sources = checked(t, x.c.Sources, tc)
		}
		set, err := Build(context.Background(), x.c)
		var u *Unsupported
		if err == nil || !strings.Contains(err.Error(), x.want) || errors.As(err, &u) != x.unsupported {
			t.Errorf("%s: %+v, %v", name, set, err)
		}
		if left, _ := os.ReadDir(x.c.TempDir); len(left) > 0 {
			t.Errorf("%s: left %v", name, left)
		}
	}
}

// TestDefaultSources: with the real edits a test that knows nothing of them is built, and runs as ever as long as nobody asks for control.
func TestDefaultSources(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("compiles all of std once")
	}
	files := map[string]string{"go.mod": "module example.com/hello\n\ngo 1.21\n", "h_test.go": "package hello\n\nimport \"testing\"\n\nfunc TestHello(t *testing.T) {}\n"}
	for version, tc := range toolchains(t) {
		set, err := Build(context.Background(), Config{Dir: write(t, files), TempDir: t.TempDir(), Env: tc.env, GoCommand: tc.command})
		if err != nil {
			t.Fatalf("%s: %v", version, err)
		}
		defer set.Close()
		if out := mustRun(t, set.Binaries[0]); !tc.Runs() || set.Toolchain.Version != version || !strings.Contains(out, "PASS: TestHello") {
			t.Errorf("%s: %+v printed %s", version, set.Toolchain, out)
		}
	}
}
