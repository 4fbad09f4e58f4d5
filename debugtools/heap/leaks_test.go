package heap_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/debugtools/heap"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// A scenario is a way to leak, and who must be named for it.
type scenario struct {
	name, keeper string
	site         string // the function that allocates it
	innocent     bool   // neither variant leaks
}

var scenarios = []scenario{
	{name: "map", keeper: "global main.sessions", site: "main.openSession "},
	{name: "view", keeper: "global main.heads", site: "main.readHead "},
	{name: "closure", keeper: "global main.handlers", site: "main.register "},
	{name: "stack", keeper: "goroutine main.waiter", site: "main.spawn "},
	{name: "timer", keeper: "runtime processors", site: "main.later "},
	{name: "pool", innocent: true},
	{name: "finalizer", keeper: "finalizer", site: "main.finalized "},
	{name: "subscription", keeper: "global main.events", site: "main.subscribe "},
	{name: "cache", keeper: "global main.results", site: "main.remember "},
}

// leaky builds the program that leaks. Tests that call it run once in a process.
func leaky(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds a program")
	}
	repeat.Once(t)
	bin := filepath.Join(t.TempDir(), "leaks")
	out, err := exec.Command("go", "build", "-o", bin, "./testdata/leaks").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

// run lets the program leak and returns the directory with what it recorded.
func run(t *testing.T, bin, name, variant string) string {
	t.Helper()
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, bin, name, variant, dir).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, variant, err, out)
	}
	return dir
}

// analysed reads a dump.
func analysed(t *testing.T, file string, symbols *heap.Symbols) *heap.Analysis {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d, err := heap.Read(f, heap.Options{Symbols: symbols})
	if err != nil || d.Truncated || len(d.Problems) > 0 {
		t.Fatalf("%s: %v %s %q", file, err, d.TruncatedAt, d.Problems)
	}
	a := d.Analyse()
	if got, want := a.Bytes+a.Garbage, d.HeapAlloc; got != want {
		t.Errorf("%s: objects of %d bytes, MemStats says %d", file, got, want)
	}
	if got, want := a.Objects+a.GarbageObjects, d.HeapObjects; got != want {
		t.Errorf("%s: %d objects, MemStats says %d", file, got, want)
	}
	return a
}

// megabyte is what one round leaks. Its twin may grow by an eighth of that.
const megabyte = 1 << 20

// TestSeededLeaks is the proof of who is named: for each way to leak its keeper in the second dump, and as what grew most since the first one; and
// nobody for the twin that does it right.
func TestSeededLeaks(t *testing.T) {
	bin := leaky(t)
	symbols, err := heap.ReadSymbols(bin)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scenarios {
		for _, variant := range []string{"leak", "twin"} {
			t.Run(s.name+"/"+variant, func(t *testing.T) {
				dir := run(t, bin, s.name, variant)
				before := analysed(t, filepath.Join(dir, "1.dump"), symbols)
				after := analysed(t, filepath.Join(dir, "2.dump"), symbols)
				if f := views(t, dir, after); (len(f) == 1) != (s.name == "view" && variant == "leak") {
					t.Errorf("slices: %+v", f)
				}
				grown := diffed(t, dir)
				if variant == "leak" && !s.innocent {
					s.accused(t, before, after)
					s.blamed(t, before, after, grown)
					return
				}
				acquitted(t, before, after, grown)
				for _, g := range heap.Compare(before, after) {
					if g.Bytes > megabyte/8 {
						t.Errorf("%s grew by %d bytes: %+v", g.Key, g.Bytes, g.Kinds)
					}
				}
			})
		}
	}
}

// accused fails unless the keeper of the scenario is found: about 4 MB in the second dump, 3 of them since the first.
func (s scenario) accused(t *testing.T, before, after *heap.Analysis) {
	k := after.Keepers()[0]
	if k.Key != s.keeper || k.Bytes < 4*megabyte || k.Bytes > 9*megabyte {
		t.Errorf("%s keeps %d bytes, want %s", k.String(), k.Bytes, s.keeper)
	}
	g := heap.Compare(before, after)[0]
	if g.Key != s.keeper || g.Bytes < 3*megabyte || g.Bytes > 7*megabyte {
		t.Errorf("%s grew by %d bytes, want %s", g.Key, g.Bytes, s.keeper)
	}
}

// blamed fails unless findings and the profile name the scenario, and a cycle of finalizers is proved where there is one and nowhere else.
func (s scenario) blamed(t *testing.T, before, after *heap.Analysis, grown []heap.SiteGrowth) {
	if len(grown) == 0 || !strings.HasPrefix(grown[0].Site, s.site) || grown[0].Noise || grown[0].Share < 0.8 || grown[0].Kept < 0.9 {
		t.Errorf("grew most: %+v, want %s", grown[:min(1, len(grown))], s.site)
	}
	if f := heap.ProfileFindings(grown); len(f) == 0 || !strings.Contains(f[0].Title, s.site) {
		t.Errorf("findings of the profile: %v", f)
	}
	_, name, _ := strings.Cut(s.keeper, " ")
	all := after.Findings()
	if s.name == "finalizer" {
		if all[0].Kind != "finalizer-cycle" || all[0].Certainty != finding.Proved {
			t.Errorf("findings: %+v", all)
		}
		all = all[1:]
	}
	if len(all) != 1 || all[0].Kind != "heap-keeper" || !strings.Contains(all[0].Title, name) {
		t.Errorf("findings: %+v, want one for %s", all, s.keeper)
	}
	if f := heap.GrowthFindings(before, after); len(f) != 1 || !strings.Contains(f[0].Title, name) {
		t.Errorf("findings of growth: %+v, want one for %s", f, s.keeper)
	}
}

// views returns the findings about slices in the second dump.
func views(t *testing.T, dir string, a *heap.Analysis) []finding.Finding {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "2.dump"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	v, err := a.Views(f)
	if err != nil {
		t.Fatal(err)
	}
	return a.ViewFindings(v)
}

// acquitted fails if anything is said against a program that does it right.
func acquitted(t *testing.T, before, after *heap.Analysis, grown []heap.SiteGrowth) {
	if f := heap.GrowthFindings(before, after); len(f) > 0 {
		t.Errorf("findings of growth: %+v", f)
	}
	if f := heap.ProfileFindings(grown); len(f) > 0 {
		t.Errorf("findings of the profile: %+v", f)
	}
	for _, f := range after.Findings() {
		if f.Kind == "finalizer-cycle" {
			t.Errorf("finding: %+v", f)
		}
	}
}

// diffed reads both profiles and compares them.
func diffed(t *testing.T, dir string) []heap.SiteGrowth {
	t.Helper()
	var list [2]*heap.Profile
	for i, name := range []string{"1.pb.gz", "2.pb.gz"} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if list[i], err = heap.ReadProfile(f); err != nil {
			t.Fatal(err)
		}
	}
	grown, err := heap.DiffProfiles(list[0], list[1])
	if err != nil {
		t.Fatal(err)
	}
	return grown
}

// TestVersions reads dumps of other versions of Go, as far as their toolchains are here: the objects are those of runtime.MemStats, and the keeper is
// named.
func TestVersions(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	repeat.Once(t)
	for _, toolchain := range []string{"go1.25.4", "go1.27.4"} { // one without and one with mark bits in spans
		t.Run(toolchain, func(t *testing.T) {
			bin := builtBy(t, toolchain)
			symbols, err := heap.ReadSymbols(bin)
			if err != nil {
				t.Fatal(err)
			}
			out := run(t, bin, "map", "leak")
			scenarios[0].accused(t, analysed(t, filepath.Join(out, "1.dump"), symbols), analysed(t, filepath.Join(out, "2.dump"), symbols))
		})
	}
}

// builtBy builds the program that leaks with another toolchain, which need not know the version that this module asks for.
func builtBy(t *testing.T, toolchain string) string {
	t.Helper()
	source, err := os.ReadFile("testdata/leaks/main.go")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "main.go"), source, 0o666),
		os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module leaks\n\ngo 1.24\n"), 0o666)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-o", filepath.Join(dir, "leaks"), ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOTOOLCHAIN="+toolchain, "GOPROXY=off", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("%s cannot build here: %s", toolchain, out)
	}
	return filepath.Join(dir, "leaks")
}
