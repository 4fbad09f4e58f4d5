package gotest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// scratchFiles is a module that has never heard of the harness. Whether a test fails depends on HARNESS_RUN_SEED only, so that
// the test of the harness can compute what must be found.
var scratchFiles = map[string]string{
	"go.mod": "module example.com/scratch\n\ngo 1.21\n",
	"rare/rare_test.go": `package rare

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"testing"
)

func seed() uint64 {
	n, err := strconv.ParseUint(os.Getenv("HARNESS_RUN_SEED"), 0, 64)
	if err != nil {
		panic(err)
	}
	return n
}

func TestClean(t *testing.T) { t.Log("fine", os.Getpid()) }

func TestRarePanic(t *testing.T) {
	if seed()%4 == 1 {
		done := make(chan int)
		go func() { panic(fmt.Sprint("bad order ", os.Getpid())) }()
		<-done
	}
}

func TestRareAssertion(t *testing.T) {
	if n := seed(); n%4 == 2 {
		t.Errorf("got %d, want a number that 4 divides", n)
	}
}

type bank struct{ mu sync.Mutex }

func (b *bank) transfer() { b.mu.Lock(); b.mu.Lock() }

func TestRareHang(t *testing.T) {
	if seed()%6 == 0 {
		keep := make(chan int)
		go func() { <-keep }()
		new(bank).transfer()
	}
}

func TestSkipped(t *testing.T) { t.Skip("not here") }

func TestKilled(t *testing.T) {
	p, _ := os.FindProcess(os.Getpid())
	p.Kill()
	select {}
}

func TestGrandchild(t *testing.T) {
	child := exec.Command(os.Args[0], "-test.run=^TestSleeper$", "-test.timeout=0")
	child.Env = append(os.Environ(), "SLEEPER=1")
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
}

func TestSleeper(t *testing.T) {
	if os.Getenv("SLEEPER") != "" {
		os.Stdin.Read(make([]byte, 1))
		<-make(chan int)
	}
}

func TestEscapes(t *testing.T) {
	child := exec.Command(os.Args[0], "-test.run=^TestSleeper$", "-test.timeout=20s")
	child.Env = append(os.Environ(), "SLEEPER=1")
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	child.SysProcAttr = detached()
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
}

func TestIgnoresQuit(t *testing.T) {
	signal.Ignore(syscall.SIGQUIT)
	new(bank).transfer()
}

func TestOften(t *testing.T) {
	for i := 0; i < 1000; i++ {
		if seed()%2 == 0 {
			t.Errorf("wrong %d", i)
		}
	}
}

func TestEnvironment(t *testing.T) {
	dir := os.TempDir()
	if err := os.MkdirAll(dir+"/locked/inside", 0o700); err != nil {
		t.Fatal(err)
	}
	os.WriteFile(dir+"/locked/inside/file", nil, 0o600)
	os.Chmod(dir+"/locked", 0o500)
	wd, _ := os.Getwd()
	t.Errorf("in %s with %s", wd[len(wd)-4:], os.Getenv("GIVEN"))
}
`,
	"rare/empty.go": "package rare\n",
	"rare/unix_test.go": "//go:build unix\n\npackage rare\n\nimport \"syscall\"\n\n" +
		"func detached() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }\n",
	"rare/other_test.go": "//go:build !unix\n\npackage rare\n\nimport \"syscall\"\n\nfunc detached() *syscall.SysProcAttr { return nil }\n",
	"bare/bare.go":       "package bare\n",
	"broken/b_test.go":   "package broken\n\nimport \"testing\"\n\nfunc TestX(t *testing.T) { missing() }\n",
	"other/rare/r.go":    "package rare\n",
	"other/rare/r_test.go": `package rare

import "testing"

func TestOne(t *testing.T) {}

func ExampleTwo() {
	// Output:
}

func FuzzThree(f *testing.F) {
	f.Add(1)
	f.Fuzz(func(t *testing.T, n int) {})
}

func BenchmarkFour(b *testing.B) {}
`,
	"mainfails/m_test.go": `package mainfails

import (
	"fmt"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	fmt.Println("no database")
	os.Exit(3)
}

func TestNever(t *testing.T) {}
`,
	"mainskips/m_test.go": "package mainskips\n\nimport (\n\t\"flag\"\n\t\"os\"\n\t\"testing\"\n)\n\n" +
		"func TestMain(m *testing.M) {\n\tflag.Parse()\n\tif flag.Lookup(\"test.list\").Value.String() != \"\" {\n\t\tm.Run()\n\t}\n\tos.Exit(0)\n}\n\n" +
		"func TestNever(t *testing.T) {}\n",
	"together/t_test.go": `package together

import "testing"

func TestFirst(t *testing.T) {}

func TestSecond(t *testing.T) {
	t.Run("sub", func(t *testing.T) { panic("in the sub-test") })
}

func TestThird(t *testing.T) {}
`,
}

// writeScratch writes the scratch module into a directory.
func writeScratch(dir string) error { return writeFiles(dir, scratchFiles) }

// writeFiles writes files into a directory.
func writeFiles(dir string, files map[string]string) error {
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// A build is the scratch module, built.
type build struct {
	module, temp string
	set          *Set
	err          error
}

// scratch builds the scratch module once for all tests of this process; TestMain removes it.
var scratch = sync.OnceValue(func() build { return buildScratch(false) })

// scratchRace is scratch with the race detector, for the benchmark.
var scratchRace = sync.OnceValue(func() build { return buildScratch(true) })

// built holds the builds to remove.
var built []build

// buildScratch writes and builds the scratch module.
func buildScratch(race bool) (b build) {
	if b.module, b.err = os.MkdirTemp("", "scratch-"); b.err != nil {
		return b
	}
	b.temp = filepath.Join(b.module, "tmp")
	if b.err = os.Mkdir(b.temp, 0o700); b.err != nil {
		return b
	}
	if b.err = writeScratch(b.module); b.err == nil {
		b.set, b.err = Build(context.Background(), scratchConfig(b.module, b.temp, race))
	}
	built = append(built, b)
	return b
}

// shortPackages are those of the scratch module that are built with -short: linking takes longer than all that is done with the others.
var shortPackages = []string{"./rare", "./bare", "./broken"}

// scratchConfig builds the scratch module: all of it, or with the race detector the package that has a race. Linking without DWARF is quick.
func scratchConfig(module, temp string, race bool) BuildConfig {
	c := BuildConfig{Dir: module, Patterns: []string{"./..."}, Env: buildEnv(), TempDir: temp, ExtraFlags: []string{"-ldflags=-w"}, Race: race}
	switch {
	case race:
		c.Patterns = shortPackages[:1]
	case testing.Short():
		c.Patterns = shortPackages
	}
	return c
}

// buildEnv is the environment for building the scratch module: apart from any workspace.
func buildEnv() []string { return append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod") }

func TestMain(m *testing.M) {
	code := m.Run()
	for _, b := range built {
		if b.set != nil {
			b.set.Close()
		}
		if left, _ := os.ReadDir(b.temp); len(left) > 0 && code == 0 {
			fmt.Println("left behind:", left)
			code = 1
		}
		os.RemoveAll(b.module)
	}
	os.Exit(code)
}

// binaries returns the binaries of some packages of the scratch module.
func binaries(t testing.TB, b build, packages ...string) []Binary {
	t.Helper()
	if b.err != nil {
		t.Fatal(b.err)
	}
	var found []Binary
	for _, p := range packages {
		if testing.Short() && !slices.Contains(shortPackages, "./"+p) {
			t.Skipf("package %s is not built with -short", p)
		}
		for _, x := range b.set.Binaries {
			if x.ImportPath == "example.com/scratch/"+p {
				found = append(found, x)
			}
		}
	}
	if len(found) != len(packages) {
		t.Fatalf("built %v, want %v", b.set.Binaries, packages)
	}
	return found
}

// mustRun runs a configuration in a directory for temporary files that must be empty afterwards, and checks that nothing else
// is left either.
func mustRun(t testing.TB, ctx context.Context, c RunConfig) *Report {
	t.Helper()
	c.TempDir = t.TempDir()
	before := runtime.NumGoroutine()
	report, err := Run(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	checkNothingLeft(t, c, before)
	return report
}

// checkNothingLeft checks that a run left no file, process or goroutine.
func checkNothingLeft(t testing.TB, c RunConfig, goroutines int) {
	t.Helper()
	if left, err := os.ReadDir(c.TempDir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	for _, b := range c.Binaries {
		eventually(t, "no process of "+b.Path, func() bool { return b.Path == "" || len(processesOf(b.Path)) == 0 })
	}
	eventually(t, "no goroutine left", func() bool { return runtime.NumGoroutine() <= goroutines })
}

// eventually polls a condition until it holds; ten seconds without it fail the test. What is polled needs no more than that
// the kernel or the scheduler finishes something that has begun.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for limit := time.Now().Add(10 * time.Second); !holds(); runtime.Gosched() {
		if time.Now().After(limit) {
			t.Errorf("waited in vain for: %s", what)
			return
		}
	}
}

// processesOf returns the processes that run an executable, on Linux.
func processesOf(path string) []string {
	var found []string
	links, _ := filepath.Glob("/proc/[0-9]*/exe")
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil && strings.TrimSuffix(target, " (deleted)") == path {
			found = append(found, link)
		}
	}
	return found
}

// testOf returns what a report says about a test.
func testOf(t testing.TB, r *Report, name string) TestReport {
	t.Helper()
	for _, x := range r.Tests {
		if x.Test == name {
			return x
		}
	}
	t.Fatalf("the report has no %s: %+v", name, r.Tests)
	return TestReport{}
}
