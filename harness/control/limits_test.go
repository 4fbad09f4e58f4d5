package control

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// reachingOut is a module that leaves the control in every way, some of them in a dependency, in tests, or under a build tag that is not set.
var reachingOut = map[string]string{
	"go.mod":        "module example.com/out\n\ngo 1.21\n\nrequire example.com/dep v1.0.0\n\nreplace example.com/dep => ./dep\n",
	"o.go":          "package out\n\nimport (\n\t\"net\"\n\t_ \"example.com/dep\"\n)\n\nvar _ net.Conn\n",
	"o_test.go":     "package out\n\nimport (\n\t\"os/exec\"\n\t\"testing\"\n)\n\nvar _ exec.Cmd\n\nfunc TestO(t *testing.T) {}\n",
	"x_test.go":     "package out_test\n\nimport _ \"os/signal\"\n",
	"tagged.go":     "//go:build special\n\npackage out\n\nimport _ \"plugin\"\n",
	"calm/calm.go":  "package calm\n\nimport _ \"os\"\n",
	"dep/go.mod":    "module example.com/dep\n\ngo 1.21\n",
	"dep/d.go":      "package dep\n\nimport _ \"syscall\"\n\nfunc Asm()\n",
	"dep/d_amd64.s": "TEXT ·Asm(SB),0,$0\n\tRET\n",
	"dep/d_arm64.s": "TEXT ·Asm(SB),0,$0\n\tRET\n",
	"dep/c.go":      "package dep\n\nimport \"C\"\n",
}

// limitsOf lists what a directory's packages reach, without building them.
func limitsOf(t *testing.T, dir string, flags []string, patterns ...string) []string {
	t.Helper()
	tc := mustHere(t)
	none := filepath.Join(t.TempDir(), "none.json")
	if err := os.WriteFile(none, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	list, _, err := survey(context.Background(), Config{Dir: dir, Patterns: patterns}, tc, flags, none)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, l := range list {
		for _, place := range l.Places {
			rel, err := filepath.Rel(dir, place)
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, l.Package+" "+l.What+" "+filepath.ToSlash(rel))
		}
	}
	return lines
}

func TestLimits(t *testing.T) {
	dir := write(t, reachingOut)
	tc := mustHere(t)
	want := []string{
		"example.com/dep assembly dep/d_" + tc.GOARCH + ".s",
		"example.com/dep cgo dep/c.go:3",
		"example.com/dep system calls dep/d.go:3",
		"example.com/out network o.go:4",
		"example.com/out processes o_test.go:4",
		"example.com/out_test signals x_test.go:3",
	}
	if !tc.Cgo {
		want = slices.Delete(want, 1, 2)
	}
	if got := limitsOf(t, dir, nil, "."); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := limitsOf(t, dir, []string{"-tags=special"}, "."); !slices.Contains(got, "example.com/out plugins tagged.go:5") {
		t.Errorf("with a build tag: %q", got)
	}
	if got := limitsOf(t, dir, nil, "./calm"); len(got) > 0 {
		t.Errorf("a package that reaches nothing: %q", got)
	}
}

// TestScope: packages and files are counted once, however often they are compiled, tests and dependencies among them.
func TestScope(t *testing.T) {
	dir := write(t, map[string]string{
		"go.mod": "module example.com/s\n\ngo 1.21\n", "s.go": "package s\n\nimport _ \"example.com/s/dep\"\n", "dep/d.go": "package dep\n",
		"in_test.go": "package s\n", "x_test.go": "package s_test\n\nimport (\n\t\"testing\"\n\n\t_ \"example.com/s\"\n)\n\nfunc TestX(t *testing.T) {}\n",
		"other/o.go": "package other\n", "left_out.go": "//go:build never\n\npackage s\n",
	})
	none := filepath.Join(dir, "none.json")
	if err := os.WriteFile(none, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, got, err := survey(context.Background(), Config{Dir: dir}, mustHere(t), nil, none)
	if err != nil || got.Packages != 2 || got.Files != 4 || got.Std < 20 {
		t.Errorf("%+v, %v", got, err)
	}
}
