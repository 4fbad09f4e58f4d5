package live

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

var (
	building sync.Mutex
	built    = map[string]string{}
	builtIn  string
)

// TestMain removes what was built.
func TestMain(m *testing.M) {
	code := m.Run()
	if builtIn != "" {
		os.RemoveAll(builtIn)
	}
	os.Exit(code)
}

// build builds the program parked, once for each toolchain and flags, and returns its path.
func build(t testing.TB, toolchain string, flags ...string) string {
	t.Helper()
	building.Lock()
	defer building.Unlock()
	key := toolchain + " " + strings.Join(flags, " ")
	if path := built[key]; path != "" {
		return path
	}
	if builtIn == "" {
		dir, err := os.MkdirTemp("", "live")
		if err != nil {
			t.Fatal(err)
		}
		builtIn = dir
	}
	path := filepath.Join(builtIn, fmt.Sprint("parked", len(built)))
	source, err := os.ReadFile(filepath.Join("testdata", "parked", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	dir := path + ".src"
	for name, text := range map[string]string{"go.mod": "module parked\n\ngo 1.22\n", "main.go": string(source)} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", append(append([]string{"build", "-o", path}, flags...), ".")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOTOOLCHAIN="+toolchain, "GOPROXY=off", "GOFLAGS=", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	built[key] = path
	return path
}

// A child is the program parked, running.
type child struct {
	t     testing.TB
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	wants map[int64]want
}

// A want is what a goroutine of the child says about itself.
type want struct {
	name    string
	objects []dump.Object // Kind, Addr and Op
}

// start starts a child and waits until it has parked everything.
func start(t testing.TB, path string, args ...string) *child {
	t.Helper()
	c := &child{t: t, cmd: exec.Command(path, args...), wants: map[int64]want{}}
	c.cmd.Stderr = os.Stderr
	var err error
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.out = bufio.NewReader(out)
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.cmd.Process.Kill(); c.cmd.Wait() })
	for line := c.line(); line != "ready"; line = c.line() {
		c.want(line)
	}
	return c
}

// line reads a line.
func (c *child) line() string {
	c.t.Helper()
	s, err := c.out.ReadString('\n')
	if err != nil {
		c.t.Fatalf("the child has ended: %v", err)
	}
	return strings.TrimSuffix(s, "\n")
}

// want reads "want 8 receive chan 0xc000 receive;chan 0xc010 send".
func (c *child) want(line string) {
	f := strings.SplitN(line, " ", 4)
	id, err := strconv.ParseInt(f[1], 10, 64)
	if err != nil {
		c.t.Fatal(err)
	}
	w := want{name: f[2]}
	for _, o := range strings.Split(f[3], ";") {
		if part := strings.Split(o, " "); len(part) == 3 {
			addr, err := strconv.ParseUint(part[1], 0, 64)
			if err != nil {
				c.t.Fatal(err)
			}
			w.objects = append(w.objects, dump.Object{Kind: part[0], Addr: addr, Op: part[2]})
		}
	}
	c.wants[id] = w
}

// ask sends a line and returns the answer.
func (c *child) ask(line string) string {
	c.t.Helper()
	if _, err := io.WriteString(c.in, line+"\n"); err != nil {
		c.t.Fatal(err)
	}
	return c.line()
}

// truth returns what the runtime of the child says about its goroutines.
func (c *child) truth() map[int64]*dump.Goroutine {
	c.t.Helper()
	n, err := strconv.Atoi(c.ask("stacks"))
	if err != nil {
		c.t.Fatal(err)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(c.out, text); err != nil {
		c.t.Fatal(err)
	}
	d, err := dump.Read(strings.NewReader(string(text)))
	if err != nil {
		c.t.Fatal(err)
	}
	return byID(d)
}

// byID returns the goroutines of a dump by their numbers.
func byID(d *dump.Dump) map[int64]*dump.Goroutine {
	all := map[int64]*dump.Goroutine{}
	for i := range d.Goroutines {
		all[d.Goroutines[i].ID] = &d.Goroutines[i]
	}
	return all
}
