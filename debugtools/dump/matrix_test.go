//go:build unix

package dump

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// A build is one way to compile the program of the matrix.
type build struct {
	name      string
	toolchain string // "" is the one that runs the tests
	flags     []string
}

var builds = []build{
	{"default", "", nil},
	{"race", "", []string{"-race"}},
	{"unoptimised", "", []string{"-gcflags=-N -l"}},
	{"go1.25.4", "go1.25.4", nil},
	{"go1.27.4", "go1.27.4", nil},
}

// modes are how the program is made to print a dump, with the form that results.
var modes = []struct {
	name string
	form Form
	env  string
}{
	{"stack", FormStack, ""},
	{"debug2", FormStack, ""},
	{"debug1", FormCounts, ""},
	{"debug0", FormProto, ""},
	{"panic", FormPanic, "GOTRACEBACK=all"},
	{"panic", FormQuit, "GOTRACEBACK=system"},
	{"panic", FormQuit, "GOTRACEBACK=crash"},
	{"deadlock", FormPanic, "GOTRACEBACK=all"},
	{"quit", FormQuit, ""},
}

// present reports whether a toolchain is there without the network.
func present(b build) bool {
	cmd := exec.Command("go", "version")
	cmd.Env = append(os.Environ(), "GOTOOLCHAIN="+b.toolchain, "GOPROXY=off")
	return b.toolchain == "" || cmd.Run() == nil
}

// compile builds a program with some ways.
func compile(t *testing.T, b build, name string, ways []way) string {
	t.Helper()
	dir := t.TempDir()
	goMod := "module example.com/matrix\n\ngo 1.25\n"
	if b.toolchain == "go1.27.4" {
		goMod = "module example.com/matrix\n\ngo 1.27\n" // from here on, headers show labels
	}
	for file, text := range map[string]string{"go.mod": goMod, "main.go": program(ways)} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	binary := filepath.Join(dir, name)
	cmd := exec.Command("go", append(append([]string{"build", "-o", binary}, b.flags...), ".")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	if b.toolchain != "" {
		cmd.Env = append(cmd.Env, "GOTOOLCHAIN="+b.toolchain)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// dumpOf runs a program and returns its dump, and how many goroutines it had.
func dumpOf(t *testing.T, binary, mode string, env ...string) (*Dump, int, string) {
	t.Helper()
	cmd := exec.Command(binary, mode)
	var out, text bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &text
	cmd.Env = append(os.Environ(), env...)
	cmd.Dir = t.TempDir()
	cmd.WaitDelay = time.Minute
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
	defer watchdog.Stop()
	cmd.Wait()
	var n int
	if _, err := fmt.Sscanf(out.String(), "goroutines %d", &n); err != nil {
		t.Fatalf("%s: %v\n%.3000s", mode, err, text.String())
	}
	d, err := Read(bytes.NewReader(text.Bytes()))
	if err != nil {
		t.Fatalf("%s: %v\n%.2000q", mode, err, text.String())
	}
	return d, n, text.String()
}

// TestMatrix: no goroutine is lost and every state is right, in every form, of every build, whatever a goroutine waits for. The number of
// goroutines is the one that the runtime reports.
func TestMatrix(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	repeat.Once(t)
	for _, b := range builds {
		t.Run(b.name, func(t *testing.T) {
			if !present(b) {
				t.Skipf("toolchain %s is not here", b.toolchain)
			}
			asleep := slices.DeleteFunc(slices.Clone(ways), func(w way) bool { return w.awake })
			all, quiet := compile(t, b, "all", ways), compile(t, b, "asleep", asleep)
			for _, m := range modes {
				if b.name == "race" && m.name == "deadlock" {
					continue // the detector is C code, with which the runtime sees no deadlock
				}
				binary, ways := all, ways
				if m.name == "deadlock" {
					binary, ways = quiet, asleep
				}
				env := []string{m.env}
				labels := b.toolchain == "go1.27.4"
				if b.toolchain == "" {
					env, labels = append(env, "GODEBUG=tracebacklabels=1"), true
				}
				d, n, text := dumpOf(t, binary, m.name, env...)
				if checkMatrix(t, m.name+" "+m.env, d, n, ways, m.form, labels) {
					t.Logf("%.4000s", text)
				}
			}
		})
	}
}

// TestMatrixSynctest: what a bubble adds to headers, in a dump of everything and in the panic of a deadlock, which shows only the bubble.
func TestMatrixSynctest(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	repeat.Once(t)
	dir := t.TempDir()
	for file, text := range map[string]string{"go.mod": "module example.com/bubble\n\ngo 1.25\n", "bubble_test.go": bubbleProgram} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "test", "-count=1", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	out, _ := cmd.CombinedOutput()
	all, err := ReadAll(bytes.NewReader(out))
	if err != nil || len(all) != 2 {
		t.Fatalf("%v, %d dumps\n%s", err, len(all), out)
	}
	for _, d := range all {
		for state, name := range map[string]string{"chan receive": "Receive", "chan send": "Send", "select": "Select", "sync.WaitGroup.Wait": "Group",
			"sync.Cond.Wait": "Cond", "chan receive (nil chan)": "Nil"} {
			i := slices.IndexFunc(d.Goroutines, func(g Goroutine) bool { return calls(g.Stack, "example.com/bubble.block"+name) })
			if i < 0 {
				t.Errorf("%s is not in %s", name, out)
				continue
			}
			if g := d.Goroutines[i]; g.State != state || g.Flags&Durable == 0 || g.Bubble == 0 {
				t.Errorf("%s: %+v", name, g)
			}
		}
	}
	if last := all[1]; !strings.HasPrefix(last.Reason, "panic: deadlock: ") {
		t.Errorf("reason %q", last.Reason)
	}
}

// checkMatrix compares a dump with what the program did, and reports whether they differ.
func checkMatrix(t *testing.T, mode string, d *Dump, n int, ways []way, form Form, labels bool) (failed bool) {
	t.Helper()
	fail := func(format string, args ...any) {
		failed = true
		t.Errorf(mode+": "+format, args...)
	}
	have := 0
	for i := range d.Goroutines {
		if g := &d.Goroutines[i]; g.Flags&System == 0 {
			have += g.Count
		}
	}
	if have != n {
		fail("the dump has %d goroutines, the runtime %d", have, n)
	}
	if d.Form != form || d.Truncated || len(d.Problems) > 0 || d.Others > 0 {
		fail("form %s, truncated %q, others %d, problems %v", d.Form, d.TruncatedAt, d.Others, d.Problems)
	}
	for _, w := range ways {
		counted := form == FormCounts || form == FormProto
		found := 0
		for i := range d.Goroutines {
			g := &d.Goroutines[i]
			if !counted && g.Stack.Creator.Func == "main.start"+w.name || counted && calls(g.Stack, "main.block"+w.name) {
				found += g.Count
				checkWay(g, w, counted, labels, fail)
			}
		}
		if found != 1 {
			fail("%s is there %d times", w.name, found)
		}
	}
	return failed
}

// calls reports whether a function is in a stack.
func calls(s *Stack, function string) bool {
	return slices.ContainsFunc(s.Frames, func(f Frame) bool { return f.Func == function })
}

// checkWay compares one goroutine with what it did.
func checkWay(g *Goroutine, w way, counted, labels bool, fail func(string, ...any)) {
	if (counted || labels) && !slices.Equal(g.Labels, w.labels) {
		fail("%s: labels %v", w.name, g.Labels)
	}
	if counted {
		return
	}
	awake := w.state == "runnable" && (g.State == "running" || g.State == "preempted" || g.State == "runnable")
	if g.State != w.state && !awake {
		fail("%s: state %q", w.name, g.State)
	}
	if g.Flags&Locked != w.flags {
		fail("%s: flags %b", w.name, g.Flags)
	}
	if g.Parent != 1 {
		fail("%s: parent %d", w.name, g.Parent)
	}
	if g.Flags&NoStack == 0 && !calls(g.Stack, "main.block"+w.name) && !(awake && len(g.Stack.Frames) == 0) { // the runtime may see nothing of what runs
		fail("%s: stack %v", w.name, g.Stack.Frames)
	}
}
