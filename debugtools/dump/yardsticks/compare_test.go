//go:build unix

package yardsticks

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"

	"github.com/DataDog/gostackparse"
	"github.com/maruel/panicparse/v2/stack"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/dump/internal/generate"
)

// A parser reads a dump and returns how many goroutines and how many groups of equal stacks it found. Without groups it returns 0.
type parser func(io.Reader) (goroutines, groups int, err error)

var parsers = map[string]parser{
	"godmode": func(r io.Reader) (int, int, error) {
		d, err := dump.Read(r)
		if err != nil {
			return 0, 0, err
		}
		return len(d.Goroutines), len(d.Stacks), nil
	},
	"gostackparse": func(r io.Reader) (int, int, error) {
		all, errs := gostackparse.Parse(r)
		if len(errs) > 0 {
			return 0, 0, errs[0]
		}
		return len(all), 0, nil
	},
	"panicparse": func(r io.Reader) (int, int, error) {
		s, _, err := stack.ScanSnapshot(r, io.Discard, &stack.Opts{LocalGOROOT: runtime.GOROOT()})
		if err != nil && err != io.EOF {
			return 0, 0, err
		}
		return len(s.Goroutines), len(s.Aggregate(stack.AnyValue).Buckets), nil
	},
}

// inputs are the dumps, with the parsers that are asked to read them: panicparse takes minutes and gigabytes for the largest ones, and is
// left out there unless YARDSTICKS=all.
var inputs = []struct {
	name    string
	options generate.Options
	runs    int
	slow    bool
}{
	{"8 000 goroutines, 49 stacks", generate.Options{Goroutines: 8_000, Stacks: 49}, 3, true},
	{"80 000 goroutines, 49 stacks", generate.Options{Goroutines: 80_000, Stacks: 49}, 3, true},
	{"10 000 goroutines, 5 000 stacks", generate.Options{Goroutines: 10_000, Stacks: 5_000}, 3, true},
	{"65 000 goroutines, 20 000 stacks", generate.Options{Goroutines: 65_000, Stacks: 20_000}, 3, false},
	{"80 000 goroutines as SIGQUIT prints them", generate.Options{Goroutines: 80_000, Stacks: 49, Quit: true}, 3, true},
	{"800 000 goroutines, 49 stacks", generate.Options{Goroutines: 800_000, Stacks: 49}, 3, false},
}

// A result is what a child process measured of itself.
type result struct {
	seconds            float64 // of CPU
	megabytes          float64 // the largest resident set
	goroutines, groups int
}

// TestCompare measures every parser on every input, each run in a process of its own, the parsers one after the other.
func TestCompare(t *testing.T) {
	if testing.Short() {
		t.Skip("measures for minutes")
	}
	for _, in := range inputs {
		t.Run(in.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "dump")
			size := write(t, file, in.options)
			t.Logf("%.1f MB", size/1e6)
			best := map[string]result{}
			for range in.runs {
				for _, name := range []string{"godmode", "gostackparse", "panicparse"} {
					if name != "panicparse" || in.slow || os.Getenv("YARDSTICKS") == "all" {
						better(t, best, name, file)
					}
				}
			}
			for _, name := range slices.SortedFunc(keys(best), func(a, b string) int { return cmp.Compare(best[a].seconds, best[b].seconds) }) {
				r := best[name]
				t.Logf("  %-13s %8.3f s CPU  %7.1f MB/s  RSS %6.0f MB  %d goroutines, %d groups", name, r.seconds, size/1e6/r.seconds, r.megabytes, r.goroutines, r.groups)
			}
		})
	}
}

// better measures once more, and keeps the run with the least CPU.
func better(t *testing.T, best map[string]result, name, file string) {
	t.Helper()
	r, err := child(name, file)
	if err != nil {
		t.Logf("  %-13s %v", name, err)
		return
	}
	if b, ok := best[name]; !ok || r.seconds < b.seconds {
		best[name] = r
	}
}

// keys returns the keys of a map.
func keys(m map[string]result) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// write writes a dump to a file and returns its size.
func write(t *testing.T, file string, o generate.Options) float64 {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := generate.Write(f, o); err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return float64(info.Size())
}

// child measures one parser on one file in a new process.
func child(name, file string) (r result, err error) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.v")
	cmd.Env = append(os.Environ(), "YARDSTICKS_PARSER="+name, "YARDSTICKS_FILE="+file)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return r, fmt.Errorf("%w: %.300s", err, out)
	}
	at := bytes.Index(out, []byte("measured "))
	if at < 0 {
		return r, fmt.Errorf("no measure: %.300s", out)
	}
	_, err = fmt.Sscanf(string(out[at:]), "measured %g %g %d %d", &r.seconds, &r.megabytes, &r.goroutines, &r.groups)
	return r, err
}

// TestChild is the process that child starts.
func TestChild(t *testing.T) {
	parse := parsers[os.Getenv("YARDSTICKS_PARSER")]
	if parse == nil {
		t.Skip("only TestCompare starts this")
	}
	f, err := os.Open(os.Getenv("YARDSTICKS_FILE"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	before, _ := usage(t)
	goroutines, groups, err := parse(f)
	if err != nil {
		t.Fatal(err)
	}
	after, megabytes := usage(t)
	fmt.Println("measured", after-before, megabytes, goroutines, groups)
}

// usage returns the seconds of CPU and the largest resident set of this process.
func usage(t *testing.T) (seconds, megabytes float64) {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	seconds = float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
	if runtime.GOOS == "darwin" {
		return seconds, float64(u.Maxrss) / 1e6 // bytes there, kilobytes elsewhere
	}
	return seconds, float64(u.Maxrss) * 1024 / 1e6
}
