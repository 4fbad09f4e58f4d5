package control

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/gotest"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// raceModule is a module with a data race, with the same without one, and with a test that says whether the kernel was asked about huge pages for its data.
var raceModule = map[string]string{
	"go.mod":    "module example.com/racy\n\ngo 1.21\n",
	"none.json": `{"Replace":{"nothing.go":""}}`,
	"r_test.go": `package racy

import (
	"os"
	"strings"
	"sync"
	"testing"
	"unsafe"
)

var hits int

func TestRace(t *testing.T) {
	done := make(chan bool)
	go func() { hits++; done <- true }()
	hits++
	<-done
}

func TestLocked(t *testing.T) {
	var mu sync.Mutex
	hit := func() { mu.Lock(); defer mu.Unlock(); hits++ }
	done := make(chan bool)
	go func() { hit(); done <- true }()
	hit()
	<-done
}

var data [8 << 20]byte

func TestPages(t *testing.T) {
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Skip(err)
	}
	middle, here := uintptr(unsafe.Pointer(&data[len(data)/2])), false
	for _, line := range strings.Split(string(maps), "\n") {
		if from, to, ok := bounds(line); ok {
			here = from <= middle && middle < to
		}
		if here && strings.HasPrefix(line, "VmFlags:") && strings.Contains(line, " nh") {
			t.Log("small pages again")
		}
	}
}
`,
	"bounds_test.go": `package racy

import (
	"strconv"
	"strings"
)

// bounds reads the first line of a mapping.
func bounds(line string) (from, to uintptr, ok bool) {
	word, _, _ := strings.Cut(line, " ")
	a, b, ok := strings.Cut(word, "-")
	x, err1 := strconv.ParseUint(a, 16, 64)
	y, err2 := strconv.ParseUint(b, 16, 64)
	return uintptr(x), uintptr(y), ok && err1 == nil && err2 == nil
}
`,
}

// TestFastRace: with FastRace the detector finds what it finds without, in the same words, and nobody sees the overlay.
func TestFastRace(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds a standard library")
	}
	mustHere(t)
	dir := write(t, raceModule)
	for version, tc := range toolchains(t) {
		t.Run(version, func(t *testing.T) { checkFastRace(t, dir, tc) })
	}
}

// checkFastRace compares the two builds of a toolchain.
func checkFastRace(t *testing.T, dir string, tc Toolchain) {
	config := gotest.BuildConfig{Dir: dir, Env: tc.env, GoCommand: tc.command, TempDir: t.TempDir(), Race: true, ExtraFlags: []string{"-ldflags=-w"}}
	fast := raceBinary(t, config, buildFast)
	config.ExtraFlags = append(config.ExtraFlags, "-overlay=none.json") // so that nothing is changed
	usual := raceBinary(t, config, BuildUncontrolled)
	if want := []string{"-race", "-ldflags=-w"}; !slices.Equal(fast.BuildFlags, want) || !fast.Race {
		t.Errorf("%+v, want the flags %q", fast, want)
	}
	if want := []string{"-race", "-ldflags=-w", "-overlay=none.json"}; !slices.Equal(usual.BuildFlags, want) {
		t.Errorf("%+v, want the flags %q", usual, want)
	}
	report, failed := raced(t, fast, "TestRace")
	if want, _ := raced(t, usual, "TestRace"); !failed || !strings.Contains(report, "DATA RACE") || report != want {
		t.Errorf("reported, failed %v:\n%s\nand usually:\n%s", failed, report, want)
	}
	for _, b := range []gotest.Binary{fast, usual} {
		if said, failed := raced(t, b, "TestLocked"); failed {
			t.Error(said)
		}
	}
	pages, _ := raced(t, fast, "TestPages")
	none, _ := raced(t, usual, "TestPages")
	if _, err := os.Stat(hugePages); err == nil && (!strings.Contains(pages, "small pages again") || strings.Contains(none, "small pages again")) {
		t.Errorf("with the change: %s\nwithout: %s", pages, none)
	}
}

// raceBinary builds one binary with the race detector, or skips.
func raceBinary(t testing.TB, config gotest.BuildConfig, build func(context.Context, gotest.BuildConfig) (*gotest.Set, error)) gotest.Binary {
	t.Helper()
	set, err := build(context.Background(), config)
	var u *Unsupported
	if errors.As(err, &u) || !compilesC() {
		t.Skip("no race detector, or no change of it: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = set.Close() })
	if !set.Binaries[0].Runnable() {
		t.Fatal(set.Binaries[0].BuildError)
	}
	return set.Binaries[0]
}

// changing matches what differs between two reports of the same race: addresses, goroutines, the directory of std, times.
var changing = regexp.MustCompile(`0x[0-9a-f]+|oroutine \d+|\S+/src/|\d+\.\d\ds`)

// raced runs a test on one processor, so that its goroutines take turns in the same way, and returns what it said.
func raced(t *testing.T, b gotest.Binary, test string) (said string, failed bool) {
	t.Helper()
	cmd := exec.Command(b.Path, "-test.v", "-test.run=^"+test+"$")
	cmd.Dir, cmd.Env = b.Dir, append(os.Environ(), "GORACE=atexit_sleep_ms=0", "GOMAXPROCS=1")
	out, err := cmd.CombinedOutput()
	return changing.ReplaceAllString(string(out), "-"), err != nil
}

// TestOnRequest: std is compiled again only where asking for huge pages changes something.
func TestOnRequest(t *testing.T) {
	for text, want := range map[string]bool{"always [madvise] never\n": true, "[always] madvise never\n": false, "always madvise [never]\n": false, "": false} {
		if onRequest(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

// TestFastRaceIsRefused: where the change is not possible or not wanted, there is an error, upon which the usual build follows.
func TestFastRaceIsRefused(t *testing.T) {
	ownCache(t)
	root := fakeStd(t).Root
	for name, c := range map[string]struct {
		goos, version, goflags string
		flags                  []string
		why                    string
	}{
		"another system":     {goos: "darwin", why: "on Linux only"},
		"another Go":         {version: "go1.25.1", why: "there are edits for"},
		"another runtime":    {why: "runtime/race.go"},
		"overlay":            {flags: []string{"-overlay", "mine.json"}, why: "overlay of the user"},
		"overlay in GOFLAGS": {goflags: "-overlay=mine.json", why: "overlay of the user"},
		"broken GOFLAGS":     {goflags: "'-tags", why: "unterminated"},
	} {
		said := map[string]string{"GOROOT": root, "GOVERSION": "go1.26.8", "GOOS": "linux", "GOARCH": "amd64", "GOFLAGS": c.goflags}
		if c.goos != "" {
			said["GOOS"] = c.goos
		}
		if c.version != "" {
			said["GOVERSION"] = c.version
		}
		command, env := fakeGo(t, said)
		_, err := buildFast(context.Background(), gotest.BuildConfig{Env: env, GoCommand: command, ExtraFlags: c.flags})
		if err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A start measures processes of one build.
type start struct {
	gotest.Binary
	processes int
	wall, cpu time.Duration
}

// report reports what one process takes.
func (s *start) report(b *testing.B, name string) {
	b.ReportMetric(float64(s.processes)/s.wall.Seconds(), name+"/s")
	if s.cpu > 0 {
		b.ReportMetric(float64(s.cpu.Microseconds())/1000/float64(s.processes), name+"-cpu-ms")
	}
}

// BenchmarkFastRace measures how many processes a second start with the race detector on a test that does nothing, in turn as go test -race builds them
// and with FastRace: bare, one after another, and by one worker of package gotest, which varies their conditions.
func BenchmarkFastRace(b *testing.B) {
	config := gotest.BuildConfig{Dir: write(b, raceModule), TempDir: b.TempDir(), Race: true}
	both := []*start{{Binary: raceBinary(b, config, gotest.Build)}, {Binary: raceBinary(b, config, buildFast)}}
	for how, run := range map[string]func(*start, *testing.B, int){"bare": (*start).bare, "worker": (*start).worker} {
		b.Run(how, func(b *testing.B) {
			usual, fast := *both[0], *both[1]
			for done := 0; done < b.N; done += benchRound {
				n := min(benchRound, b.N-done)
				run(&usual, b, n)
				run(&fast, b, n)
			}
			usual.report(b, "usual")
			fast.report(b, "fast")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// benchRound is how many processes of one build run before the other has its turn.
const benchRound = 150

// bare starts processes one after another.
func (s *start) bare(b *testing.B, n int) {
	for range n {
		p := exec.Command(s.Path, "-test.run=^TestLocked$")
		p.Dir, p.Env = s.Dir, append(os.Environ(), "GORACE=atexit_sleep_ms=0")
		began := time.Now()
		if err := p.Run(); err != nil {
			b.Fatal(err)
		}
		s.wall += time.Since(began)
		s.cpu += p.ProcessState.SystemTime() + p.ProcessState.UserTime()
	}
	s.processes += n
}

// worker has a worker run processes. Those that wait for late races have a worker of their own, and do not count.
func (s *start) worker(b *testing.B, n int) {
	var listed, last time.Duration
	c := gotest.RunConfig{Binaries: []gotest.Binary{s.Binary}, Run: "^TestLocked$", Workers: 1, Iterations: n, TempDir: b.TempDir()}
	c.OnEvent = func(e gotest.Event) {
		switch {
		case e.Kind == gotest.Listed:
			listed = e.Elapsed
		case e.Kind == gotest.Ran && !e.Process.Plan.Late:
			last = e.Elapsed
			s.processes++
		}
	}
	if r, err := gotest.Run(context.Background(), c); err != nil || r.Failed() {
		b.Fatalf("%+v, %v", r, err)
	}
	s.wall += last - listed
}

// TestOneEdit: programs under control start in the same way.
func TestOneEdit(t *testing.T) {
	own, err := fast.ReadFile("fast/edits/race.edit")
	if err != nil {
		t.Fatal(err)
	}
	if other, err := files.ReadFile("std/edits/race.edit"); err != nil || string(other) != string(own) {
		t.Errorf("std/edits/race.edit is not fast/edits/race.edit: %v", err)
	}
}
